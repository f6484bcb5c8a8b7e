/**
 * What the mobile networks share: convolution, normalisation and activation in one, squeeze-and-excitation, widths that are multiples of 8
 * (Sandler et al. 2018, arXiv:1801.04381, and its reference code).
 */
export const mobileParts = `
def divisible(value):
    rounded = max(8, int(value + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * value else rounded

class ConvNorm(nn.Sequential):
    def __init__(self, inside, out, kernel=3, stride=1, groups=1, activation=None, eps=1e-5):
        super().__init__(nn.Conv2d(inside, out, kernel, stride, (kernel - 1) // 2, groups=groups, bias=False), nn.BatchNorm2d(out, eps))
        if activation is not None:
            self.append(activation())

class SqueezeExcitation(nn.Module):
    def __init__(self, width, squeezed, activation, gate):
        super().__init__()
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc1 = nn.Conv2d(width, squeezed, 1)
        self.fc2 = nn.Conv2d(squeezed, width, 1)
        self.activation = activation()
        self.scale_activation = gate()

    def forward(self, x):
        return x * self.scale_activation(self.fc2(self.activation(self.fc1(self.avgpool(x)))))
`;

/** MobileNetV2 (arXiv:1801.04381) and V3 (Howard et al. 2019, arXiv:1905.02244) as torchvision names their parts. */
export const mobilenet = `${mobileParts}
class InvertedResidual(nn.Module):
    def __init__(self, inside, out, stride, expansion):
        super().__init__()
        width = int(round(inside * expansion))
        self.shortcut = stride == 1 and inside == out
        layers = []
        if expansion != 1:
            layers.append(ConvNorm(inside, width, 1, activation=nn.ReLU6))
        layers += [ConvNorm(width, width, 3, stride, width, nn.ReLU6), nn.Conv2d(width, out, 1, bias=False), nn.BatchNorm2d(out)]
        self.conv = nn.Sequential(*layers)

    def forward(self, x):
        return x + self.conv(x) if self.shortcut else self.conv(x)

class MobileNetV2(nn.Module):
    def __init__(self, num_classes=1000, width_mult=1.0, dropout=0.2, **ignored):
        super().__init__()
        inside = divisible(32 * width_mult)
        last = divisible(1280 * max(1.0, width_mult))
        features = [ConvNorm(3, inside, 3, 2, activation=nn.ReLU6)]
        for expansion, channels, count, stride in [
            (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]:
            out = divisible(channels * width_mult)
            for index in range(count):
                features.append(InvertedResidual(inside, out, stride if index == 0 else 1, expansion))
                inside = out
        features.append(ConvNorm(inside, last, 1, activation=nn.ReLU6))
        self.features = nn.Sequential(*features)
        self.classifier = nn.Sequential(nn.Dropout(dropout), nn.Linear(last, num_classes))

    def forward(self, x):
        x = self.features(x)
        return self.classifier(torch.flatten(F.adaptive_avg_pool2d(x, 1), 1))

class InvertedResidualV3(nn.Module):
    def __init__(self, inside, kernel, expanded, out, excite, hard, stride):
        super().__init__()
        activation = nn.Hardswish if hard else nn.ReLU
        self.shortcut = stride == 1 and inside == out
        layers = []
        if expanded != inside:
            layers.append(ConvNorm(inside, expanded, 1, activation=activation, eps=0.001))
        layers.append(ConvNorm(expanded, expanded, kernel, stride, expanded, activation, eps=0.001))
        if excite:
            layers.append(SqueezeExcitation(expanded, divisible(expanded // 4), nn.ReLU, nn.Hardsigmoid))
        layers.append(ConvNorm(expanded, out, 1, eps=0.001))
        self.block = nn.Sequential(*layers)

    def forward(self, x):
        return x + self.block(x) if self.shortcut else self.block(x)

class MobileNetV3(nn.Module):
    def __init__(self, rows, last, num_classes=1000, dropout=0.2, **ignored):
        super().__init__()
        features = [ConvNorm(3, rows[0][0], 3, 2, activation=nn.Hardswish, eps=0.001)]
        for row in rows:
            features.append(InvertedResidualV3(*row))
        inside = rows[-1][3]
        features.append(ConvNorm(inside, 6 * inside, 1, activation=nn.Hardswish, eps=0.001))
        self.features = nn.Sequential(*features)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(nn.Linear(6 * inside, last), nn.Hardswish(), nn.Dropout(dropout), nn.Linear(last, num_classes))

    def forward(self, x):
        return self.classifier(torch.flatten(self.avgpool(self.features(x)), 1))

def mobilenet_v2(**settings):
    return MobileNetV2(**settings)

def mobilenet_v3_large(**settings):
    return MobileNetV3([
        (16, 3, 16, 16, False, False, 1), (16, 3, 64, 24, False, False, 2), (24, 3, 72, 24, False, False, 1),
        (24, 5, 72, 40, True, False, 2), (40, 5, 120, 40, True, False, 1), (40, 5, 120, 40, True, False, 1),
        (40, 3, 240, 80, False, True, 2), (80, 3, 200, 80, False, True, 1), (80, 3, 184, 80, False, True, 1),
        (80, 3, 184, 80, False, True, 1), (80, 3, 480, 112, True, True, 1), (112, 3, 672, 112, True, True, 1),
        (112, 5, 672, 160, True, True, 2), (160, 5, 960, 160, True, True, 1), (160, 5, 960, 160, True, True, 1)], 1280, **settings)

def mobilenet_v3_small(**settings):
    return MobileNetV3([
        (16, 3, 16, 16, True, False, 2), (16, 3, 72, 24, False, False, 2), (24, 3, 88, 24, False, False, 1),
        (24, 5, 96, 40, True, True, 2), (40, 5, 240, 40, True, True, 1), (40, 5, 240, 40, True, True, 1),
        (40, 5, 120, 48, True, True, 1), (48, 5, 144, 48, True, True, 1), (48, 5, 288, 96, True, True, 2),
        (96, 5, 576, 96, True, True, 1), (96, 5, 576, 96, True, True, 1)], 1024, **settings)
`;
