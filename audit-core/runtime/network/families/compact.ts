/** ShuffleNet v2 as torchvision names its parts (Ma et al. 2018, arXiv:1807.11164). */
export const shufflenet = `
def shuffled(x, groups):
    rows, channels, height, width = x.size()
    x = x.view(rows, groups, channels // groups, height, width)
    return torch.transpose(x, 1, 2).reshape(rows, channels, height, width)

def depthwise(width, stride):
    return nn.Conv2d(width, width, 3, stride, 1, groups=width, bias=False)

class InvertedResidual(nn.Module):
    def __init__(self, inside, out, stride):
        super().__init__()
        self.stride = stride
        half = out // 2
        if stride > 1:
            self.branch1 = nn.Sequential(
                depthwise(inside, stride), nn.BatchNorm2d(inside), nn.Conv2d(inside, half, 1, bias=False), nn.BatchNorm2d(half), nn.ReLU())
        else:
            self.branch1 = nn.Sequential()
        self.branch2 = nn.Sequential(
            nn.Conv2d(inside if stride > 1 else half, half, 1, bias=False), nn.BatchNorm2d(half), nn.ReLU(),
            depthwise(half, stride), nn.BatchNorm2d(half), nn.Conv2d(half, half, 1, bias=False), nn.BatchNorm2d(half), nn.ReLU())

    def forward(self, x):
        if self.stride == 1:
            kept, changed = x.chunk(2, dim=1)
            return shuffled(torch.cat((kept, self.branch2(changed)), dim=1), 2)
        return shuffled(torch.cat((self.branch1(x), self.branch2(x)), dim=1), 2)

class ShuffleNetV2(nn.Module):
    def __init__(self, widths, num_classes=1000, **ignored):
        super().__init__()
        inside = widths[0]
        self.conv1 = nn.Sequential(nn.Conv2d(3, inside, 3, 2, 1, bias=False), nn.BatchNorm2d(inside), nn.ReLU())
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        for name, count, out in zip(('stage2', 'stage3', 'stage4'), (4, 8, 4), widths[1:4]):
            blocks = [InvertedResidual(inside, out, 2)] + [InvertedResidual(out, out, 1) for _ in range(count - 1)]
            setattr(self, name, nn.Sequential(*blocks))
            inside = out
        self.conv5 = nn.Sequential(nn.Conv2d(inside, widths[4], 1, bias=False), nn.BatchNorm2d(widths[4]), nn.ReLU())
        self.fc = nn.Linear(widths[4], num_classes)

    def forward(self, x):
        x = self.stage4(self.stage3(self.stage2(self.maxpool(self.conv1(x)))))
        return self.fc(self.conv5(x).mean([2, 3]))

def shufflenet_v2_x0_5(**settings):
    return ShuffleNetV2([24, 48, 96, 192, 1024], **settings)

def shufflenet_v2_x1_0(**settings):
    return ShuffleNetV2([24, 116, 232, 464, 1024], **settings)

def shufflenet_v2_x1_5(**settings):
    return ShuffleNetV2([24, 176, 352, 704, 1024], **settings)

def shufflenet_v2_x2_0(**settings):
    return ShuffleNetV2([24, 244, 488, 976, 2048], **settings)
`;

/** SqueezeNet as torchvision names its parts (Iandola et al. 2016, arXiv:1602.07360). */
export const squeezenet = `
class Fire(nn.Module):
    def __init__(self, inside, squeezed, out):
        super().__init__()
        self.squeeze = nn.Conv2d(inside, squeezed, 1)
        self.expand1x1 = nn.Conv2d(squeezed, out, 1)
        self.expand3x3 = nn.Conv2d(squeezed, out, 3, padding=1)

    def forward(self, x):
        x = F.relu(self.squeeze(x))
        return torch.cat([F.relu(self.expand1x1(x)), F.relu(self.expand3x3(x))], 1)

class SqueezeNet(nn.Module):
    def __init__(self, features, num_classes=1000, dropout=0.5, **ignored):
        super().__init__()
        self.features = nn.Sequential(*features)
        self.classifier = nn.Sequential(nn.Dropout(dropout), nn.Conv2d(512, num_classes, 1), nn.ReLU(), nn.AdaptiveAvgPool2d((1, 1)))

    def forward(self, x):
        return torch.flatten(self.classifier(self.features(x)), 1)

def pool():
    return nn.MaxPool2d(3, 2, ceil_mode=True)

def squeezenet1_0(**settings):
    return SqueezeNet([
        nn.Conv2d(3, 96, 7, 2), nn.ReLU(), pool(), Fire(96, 16, 64), Fire(128, 16, 64), Fire(128, 32, 128), pool(),
        Fire(256, 32, 128), Fire(256, 48, 192), Fire(384, 48, 192), Fire(384, 64, 256), pool(), Fire(512, 64, 256)], **settings)

def squeezenet1_1(**settings):
    return SqueezeNet([
        nn.Conv2d(3, 64, 3, 2), nn.ReLU(), pool(), Fire(64, 16, 64), Fire(128, 16, 64), pool(), Fire(128, 32, 128), Fire(256, 32, 128),
        pool(), Fire(256, 48, 192), Fire(384, 48, 192), Fire(384, 64, 256), Fire(512, 64, 256)], **settings)
`;

/** MNASNet B1 as torchvision names its parts (Tan et al. 2018, arXiv:1807.11626). */
export const mnasnet = `
def eighths(value):
    rounded = max(8, int(value + 4) // 8 * 8)
    return rounded if rounded >= 0.9 * value else rounded + 8

class InvertedResidual(nn.Module):
    def __init__(self, inside, out, kernel, stride, expansion):
        super().__init__()
        width = inside * expansion
        self.shortcut = inside == out and stride == 1
        self.layers = nn.Sequential(
            nn.Conv2d(inside, width, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(),
            nn.Conv2d(width, width, kernel, stride, kernel // 2, groups=width, bias=False), nn.BatchNorm2d(width), nn.ReLU(),
            nn.Conv2d(width, out, 1, bias=False), nn.BatchNorm2d(out))

    def forward(self, x):
        return self.layers(x) + x if self.shortcut else self.layers(x)

class MNASNet(nn.Module):
    def __init__(self, alpha, num_classes=1000, dropout=0.2, **ignored):
        super().__init__()
        widths = [eighths(width * alpha) for width in [32, 16, 24, 40, 80, 96, 192, 320]]
        first = widths[0]
        layers = [
            nn.Conv2d(3, first, 3, 2, 1, bias=False), nn.BatchNorm2d(first), nn.ReLU(),
            nn.Conv2d(first, first, 3, 1, 1, groups=first, bias=False), nn.BatchNorm2d(first), nn.ReLU(),
            nn.Conv2d(first, widths[1], 1, bias=False), nn.BatchNorm2d(widths[1])]
        plan = [(3, 2, 3, 3), (5, 2, 3, 3), (5, 2, 6, 3), (3, 1, 6, 2), (5, 2, 6, 4), (3, 1, 6, 1)]
        for index, (kernel, stride, expansion, count) in enumerate(plan):
            inside, out = widths[index + 1], widths[index + 2]
            layers.append(nn.Sequential(*[
                InvertedResidual(inside if at == 0 else out, out, kernel, stride if at == 0 else 1, expansion) for at in range(count)]))
        layers += [nn.Conv2d(widths[7], 1280, 1, bias=False), nn.BatchNorm2d(1280), nn.ReLU()]
        self.layers = nn.Sequential(*layers)
        self.classifier = nn.Sequential(nn.Dropout(dropout), nn.Linear(1280, num_classes))

    def forward(self, x):
        return self.classifier(self.layers(x).mean([2, 3]))

def mnasnet0_5(**settings):
    return MNASNet(0.5, **settings)

def mnasnet0_75(**settings):
    return MNASNet(0.75, **settings)

def mnasnet1_0(**settings):
    return MNASNet(1.0, **settings)

def mnasnet1_3(**settings):
    return MNASNet(1.3, **settings)
`;
