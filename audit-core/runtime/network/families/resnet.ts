/**
 * ResNet, ResNeXt and Wide ResNet as torchvision names their parts (He et al. 2015, arXiv:1512.03385; Xie et al. 2016,
 * arXiv:1611.05431; Zagoruyko and Komodakis 2016, arXiv:1605.07146), in the little language of networks.
 */
export const resnet = `
class BasicBlock(nn.Module):
    growth = 1

    def __init__(self, inside, width, stride, shortcut, groups, base):
        super().__init__()
        self.conv1 = nn.Conv2d(inside, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU()
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.downsample = shortcut

    def forward(self, x):
        y = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        return self.relu(y + (x if self.downsample is None else self.downsample(x)))

class Bottleneck(nn.Module):
    growth = 4

    def __init__(self, inside, width, stride, shortcut, groups, base):
        super().__init__()
        middle = int(width * (base / 64)) * groups
        self.conv1 = nn.Conv2d(inside, middle, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(middle)
        self.conv2 = nn.Conv2d(middle, middle, 3, stride, 1, groups=groups, bias=False)
        self.bn2 = nn.BatchNorm2d(middle)
        self.conv3 = nn.Conv2d(middle, width * 4, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(width * 4)
        self.relu = nn.ReLU()
        self.downsample = shortcut

    def forward(self, x):
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        return self.relu(y + (x if self.downsample is None else self.downsample(x)))

class ResNet(nn.Module):
    def __init__(self, block, depths, num_classes=1000, groups=1, width_per_group=64, in_chans=3, **ignored):
        super().__init__()
        self.inside = 64
        self.conv1 = nn.Conv2d(in_chans, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU()
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        self.layer1 = self.stage(block, 64, depths[0], 1, groups, width_per_group)
        self.layer2 = self.stage(block, 128, depths[1], 2, groups, width_per_group)
        self.layer3 = self.stage(block, 256, depths[2], 2, groups, width_per_group)
        self.layer4 = self.stage(block, 512, depths[3], 2, groups, width_per_group)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(512 * block.growth, num_classes)

    def stage(self, block, width, depth, stride, groups, base):
        out = width * block.growth
        shortcut = None
        if stride != 1 or self.inside != out:
            shortcut = nn.Sequential(nn.Conv2d(self.inside, out, 1, stride, bias=False), nn.BatchNorm2d(out))
        blocks = [block(self.inside, width, stride, shortcut, groups, base)]
        self.inside = out
        for _ in range(depth - 1):
            blocks.append(block(out, width, 1, None, groups, base))
        return nn.Sequential(*blocks)

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(torch.flatten(self.avgpool(x), 1))

def resnet18(**settings):
    return ResNet(BasicBlock, [2, 2, 2, 2], **settings)

def resnet34(**settings):
    return ResNet(BasicBlock, [3, 4, 6, 3], **settings)

def resnet50(**settings):
    return ResNet(Bottleneck, [3, 4, 6, 3], **settings)

def resnet101(**settings):
    return ResNet(Bottleneck, [3, 4, 23, 3], **settings)

def resnet152(**settings):
    return ResNet(Bottleneck, [3, 8, 36, 3], **settings)

def resnext50_32x4d(**settings):
    return ResNet(Bottleneck, [3, 4, 6, 3], groups=32, width_per_group=4, **settings)

def resnext101_32x8d(**settings):
    return ResNet(Bottleneck, [3, 4, 23, 3], groups=32, width_per_group=8, **settings)

def resnext101_64x4d(**settings):
    return ResNet(Bottleneck, [3, 4, 23, 3], groups=64, width_per_group=4, **settings)

def wide_resnet50_2(**settings):
    return ResNet(Bottleneck, [3, 4, 6, 3], width_per_group=128, **settings)

def wide_resnet101_2(**settings):
    return ResNet(Bottleneck, [3, 4, 23, 3], width_per_group=128, **settings)
`;
