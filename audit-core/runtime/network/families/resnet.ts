/**
 * ResNet, ResNeXt and Wide ResNet as torchvision names their parts (He et al. 2015, arXiv:1512.03385; Xie et al. 2016,
 * arXiv:1611.05431; Zagoruyko and Komodakis 2016, arXiv:1605.07146), in the little language of networks.
 */
export const resnet = `
class BasicBlock(nn.Module):
    expansion = 1

    def __init__(self, inplanes, planes, stride=1, downsample=None, groups=1, base_width=64, dilation=1, norm_layer=None):
        super().__init__()
        norm = nn.BatchNorm2d if norm_layer is None else norm_layer
        self.conv1 = nn.Conv2d(inplanes, planes, 3, stride, 1, bias=False)
        self.bn1 = norm(planes)
        self.relu = nn.ReLU()
        self.conv2 = nn.Conv2d(planes, planes, 3, 1, 1, bias=False)
        self.bn2 = norm(planes)
        self.downsample = downsample
        self.stride = stride

    def forward(self, x):
        y = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        return self.relu(y + (x if self.downsample is None else self.downsample(x)))

class Bottleneck(nn.Module):
    expansion = 4

    def __init__(self, inplanes, planes, stride=1, downsample=None, groups=1, base_width=64, dilation=1, norm_layer=None):
        super().__init__()
        norm = nn.BatchNorm2d if norm_layer is None else norm_layer
        middle = int(planes * (base_width / 64)) * groups
        self.conv1 = nn.Conv2d(inplanes, middle, 1, bias=False)
        self.bn1 = norm(middle)
        self.conv2 = nn.Conv2d(middle, middle, 3, stride, dilation, dilation=dilation, groups=groups, bias=False)
        self.bn2 = norm(middle)
        self.conv3 = nn.Conv2d(middle, planes * 4, 1, bias=False)
        self.bn3 = norm(planes * 4)
        self.relu = nn.ReLU()
        self.downsample = downsample
        self.stride = stride

    def forward(self, x):
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        return self.relu(y + (x if self.downsample is None else self.downsample(x)))

class ResNet(nn.Module):
    def __init__(self, block, layers, num_classes=1000, zero_init_residual=False, groups=1, width_per_group=64,
                 replace_stride_with_dilation=None, norm_layer=None, in_chans=3, **ignored):
        super().__init__()
        norm = nn.BatchNorm2d if norm_layer is None else norm_layer
        dilate = [False, False, False] if replace_stride_with_dilation is None else replace_stride_with_dilation
        self._norm_layer = norm
        self.inplanes = 64
        self.dilation = 1
        self.groups = groups
        self.base_width = width_per_group
        self.conv1 = nn.Conv2d(in_chans, 64, 7, 2, 3, bias=False)
        self.bn1 = norm(64)
        self.relu = nn.ReLU()
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        self.layer1 = self._make_layer(block, 64, layers[0])
        self.layer2 = self._make_layer(block, 128, layers[1], stride=2, dilate=dilate[0])
        self.layer3 = self._make_layer(block, 256, layers[2], stride=2, dilate=dilate[1])
        self.layer4 = self._make_layer(block, 512, layers[3], stride=2, dilate=dilate[2])
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(512 * block.expansion, num_classes)

    def _make_layer(self, block, planes, blocks, stride=1, dilate=False):
        norm = self._norm_layer
        before = self.dilation
        if dilate:
            self.dilation *= stride
            stride = 1
        out = planes * block.expansion
        downsample = None
        if stride != 1 or self.inplanes != out:
            downsample = nn.Sequential(nn.Conv2d(self.inplanes, out, 1, stride, bias=False), norm(out))
        made = [block(self.inplanes, planes, stride, downsample, self.groups, self.base_width, before, norm)]
        self.inplanes = out
        for _ in range(1, blocks):
            made.append(block(out, planes, groups=self.groups, base_width=self.base_width, dilation=self.dilation, norm_layer=norm))
        return nn.Sequential(*made)

    def forward(self, x):
        return self._forward_impl(x)

    def _forward_impl(self, x):
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
