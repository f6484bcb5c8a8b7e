import { mobileParts } from './mobilenet';

/** EfficientNet (Tan and Le 2019, arXiv:1905.11946) and V2 (2021, arXiv:2104.00298) as torchvision names their parts. */
export const efficientnet = `${mobileParts}
class MBConv(nn.Module):
    def __init__(self, inside, out, expansion, kernel, stride, eps):
        super().__init__()
        width = divisible(inside * expansion)
        self.shortcut = stride == 1 and inside == out
        layers = []
        if width != inside:
            layers.append(ConvNorm(inside, width, 1, activation=nn.SiLU, eps=eps))
        layers.append(ConvNorm(width, width, kernel, stride, width, nn.SiLU, eps))
        layers.append(SqueezeExcitation(width, max(1, inside // 4), nn.SiLU, nn.Sigmoid))
        layers.append(ConvNorm(width, out, 1, eps=eps))
        self.block = nn.Sequential(*layers)

    def forward(self, x):
        return x + self.block(x) if self.shortcut else self.block(x)

class FusedMBConv(nn.Module):
    def __init__(self, inside, out, expansion, kernel, stride, eps):
        super().__init__()
        width = divisible(inside * expansion)
        self.shortcut = stride == 1 and inside == out
        if width != inside:
            self.block = nn.Sequential(ConvNorm(inside, width, kernel, stride, activation=nn.SiLU, eps=eps), ConvNorm(width, out, 1, eps=eps))
        else:
            self.block = nn.Sequential(ConvNorm(inside, out, kernel, stride, activation=nn.SiLU, eps=eps))

    def forward(self, x):
        return x + self.block(x) if self.shortcut else self.block(x)

class EfficientNet(nn.Module):
    def __init__(self, rows, last, eps, num_classes=1000, dropout=0.2, **ignored):
        super().__init__()
        features = [ConvNorm(3, rows[0][4], 3, 2, activation=nn.SiLU, eps=eps)]
        for block, expansion, kernel, stride, inside, out, count in rows:
            features.append(nn.Sequential(*[
                block(inside if index == 0 else out, out, expansion, kernel, stride if index == 0 else 1, eps) for index in range(count)]))
        final = rows[-1][5]
        if last is None:
            last = 4 * final
        features.append(ConvNorm(final, last, 1, activation=nn.SiLU, eps=eps))
        self.features = nn.Sequential(*features)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(nn.Dropout(dropout), nn.Linear(last, num_classes))

    def forward(self, x):
        return self.classifier(torch.flatten(self.avgpool(self.features(x)), 1))

def scaled(width, depth, eps, settings):
    rows = []
    for expansion, kernel, stride, inside, out, count in [
        (1, 3, 1, 32, 16, 1), (6, 3, 2, 16, 24, 2), (6, 5, 2, 24, 40, 2), (6, 3, 2, 40, 80, 3), (6, 5, 1, 80, 112, 3),
        (6, 5, 2, 112, 192, 4), (6, 3, 1, 192, 320, 1)]:
        rows.append((MBConv, expansion, kernel, stride, divisible(inside * width), divisible(out * width), int(math.ceil(count * depth))))
    return EfficientNet(rows, None, eps, **settings)

def efficientnet_b0(**settings):
    return scaled(1.0, 1.0, 1e-5, settings)

def efficientnet_b1(**settings):
    return scaled(1.0, 1.1, 1e-5, settings)

def efficientnet_b2(**settings):
    return scaled(1.1, 1.2, 1e-5, settings)

def efficientnet_b3(**settings):
    return scaled(1.2, 1.4, 1e-5, settings)

def efficientnet_b4(**settings):
    return scaled(1.4, 1.8, 1e-5, settings)

def efficientnet_b5(**settings):
    return scaled(1.6, 2.2, 0.001, settings)

def efficientnet_b6(**settings):
    return scaled(1.8, 2.6, 0.001, settings)

def efficientnet_b7(**settings):
    return scaled(2.0, 3.1, 0.001, settings)

def efficientnet_v2_s(**settings):
    return EfficientNet([
        (FusedMBConv, 1, 3, 1, 24, 24, 2), (FusedMBConv, 4, 3, 2, 24, 48, 4), (FusedMBConv, 4, 3, 2, 48, 64, 4),
        (MBConv, 4, 3, 2, 64, 128, 6), (MBConv, 6, 3, 1, 128, 160, 9), (MBConv, 6, 3, 2, 160, 256, 15)], 1280, 0.001, **settings)

def efficientnet_v2_m(**settings):
    return EfficientNet([
        (FusedMBConv, 1, 3, 1, 24, 24, 3), (FusedMBConv, 4, 3, 2, 24, 48, 5), (FusedMBConv, 4, 3, 2, 48, 80, 5),
        (MBConv, 4, 3, 2, 80, 160, 7), (MBConv, 6, 3, 1, 160, 176, 14), (MBConv, 6, 3, 2, 176, 304, 18),
        (MBConv, 6, 3, 1, 304, 512, 5)], 1280, 0.001, **settings)

def efficientnet_v2_l(**settings):
    return EfficientNet([
        (FusedMBConv, 1, 3, 1, 32, 32, 4), (FusedMBConv, 4, 3, 2, 32, 64, 7), (FusedMBConv, 4, 3, 2, 64, 96, 7),
        (MBConv, 4, 3, 2, 96, 192, 10), (MBConv, 6, 3, 1, 192, 224, 19), (MBConv, 6, 3, 2, 224, 384, 25),
        (MBConv, 6, 3, 1, 384, 640, 7)], 1280, 0.001, **settings)
`;
