/** Residual networks over video as torchvision names their parts (Tran et al. 2017, arXiv:1711.11248). */
export const video = `
class Simple(nn.Conv3d):
    def __init__(self, inside, out, middle, stride=1):
        super().__init__(inside, out, 3, stride, 1, bias=False)

class Factored(nn.Sequential):
    def __init__(self, inside, out, middle, stride=1):
        super().__init__(
            nn.Conv3d(inside, middle, (1, 3, 3), (1, stride, stride), (0, 1, 1), bias=False), nn.BatchNorm3d(middle), nn.ReLU(),
            nn.Conv3d(middle, out, (3, 1, 1), (stride, 1, 1), (1, 0, 0), bias=False))

class WithoutTime(nn.Conv3d):
    def __init__(self, inside, out, middle, stride=1):
        super().__init__(inside, out, (1, 3, 3), (1, stride, stride), (0, 1, 1), bias=False)

class Block(nn.Module):
    def __init__(self, inside, width, conv, stride, shortcut):
        super().__init__()
        middle = (inside * width * 27) // (inside * 9 + 3 * width)
        self.conv1 = nn.Sequential(conv(inside, width, middle, stride), nn.BatchNorm3d(width), nn.ReLU())
        self.conv2 = nn.Sequential(conv(width, width, middle), nn.BatchNorm3d(width))
        self.downsample = shortcut

    def forward(self, x):
        y = self.conv2(self.conv1(x))
        return F.relu(y + (x if self.downsample is None else self.downsample(x)))

class VideoResNet(nn.Module):
    def __init__(self, convs, stem, num_classes=400, **ignored):
        super().__init__()
        self.inside = 64
        self.stem = stem
        self.layer1 = self.stage(convs[0], 64, 1)
        self.layer2 = self.stage(convs[1], 128, 2)
        self.layer3 = self.stage(convs[2], 256, 2)
        self.layer4 = self.stage(convs[3], 512, 2)
        self.avgpool = nn.AdaptiveAvgPool3d((1, 1, 1))
        self.fc = nn.Linear(512, num_classes)

    def stage(self, conv, width, stride):
        shortcut = None
        if stride != 1 or self.inside != width:
            steps = (1, stride, stride) if conv is WithoutTime else (stride, stride, stride)
            shortcut = nn.Sequential(nn.Conv3d(self.inside, width, 1, steps, bias=False), nn.BatchNorm3d(width))
        first = Block(self.inside, width, conv, stride, shortcut)
        self.inside = width
        return nn.Sequential(first, Block(width, width, conv, 1, None))

    def forward(self, x):
        x = self.layer4(self.layer3(self.layer2(self.layer1(self.stem(x)))))
        return self.fc(self.avgpool(x).flatten(1))

def plain_stem():
    return nn.Sequential(nn.Conv3d(3, 64, (3, 7, 7), (1, 2, 2), (1, 3, 3), bias=False), nn.BatchNorm3d(64), nn.ReLU())

def factored_stem():
    return nn.Sequential(
        nn.Conv3d(3, 45, (1, 7, 7), (1, 2, 2), (0, 3, 3), bias=False), nn.BatchNorm3d(45), nn.ReLU(),
        nn.Conv3d(45, 64, (3, 1, 1), 1, (1, 0, 0), bias=False), nn.BatchNorm3d(64), nn.ReLU())

def r3d_18(**settings):
    return VideoResNet([Simple] * 4, plain_stem(), **settings)

def mc3_18(**settings):
    return VideoResNet([Simple] + [WithoutTime] * 3, plain_stem(), **settings)

def r2plus1d_18(**settings):
    return VideoResNet([Factored] * 4, factored_stem(), **settings)
`;
