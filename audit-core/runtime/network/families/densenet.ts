/** DenseNet as torchvision names its parts (Huang et al. 2016, arXiv:1608.06993). */
export const densenet = `
class DenseLayer(nn.Module):
    def __init__(self, inside, growth):
        super().__init__()
        self.norm1 = nn.BatchNorm2d(inside)
        self.relu1 = nn.ReLU()
        self.conv1 = nn.Conv2d(inside, 4 * growth, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(4 * growth)
        self.relu2 = nn.ReLU()
        self.conv2 = nn.Conv2d(4 * growth, growth, 3, padding=1, bias=False)

    def forward(self, x):
        y = self.conv1(self.relu1(self.norm1(x)))
        return self.conv2(self.relu2(self.norm2(y)))

class DenseBlock(nn.ModuleDict):
    def __init__(self, layers, inside, growth):
        super().__init__()
        for index in range(layers):
            self.add_module('denselayer' + str(index + 1), DenseLayer(inside + index * growth, growth))

    def forward(self, x):
        for name, layer in self.items():
            x = torch.cat([x, layer(x)], 1)
        return x

class Transition(nn.Sequential):
    def __init__(self, inside, out):
        super().__init__()
        self.norm = nn.BatchNorm2d(inside)
        self.relu = nn.ReLU()
        self.conv = nn.Conv2d(inside, out, 1, bias=False)
        self.pool = nn.AvgPool2d(2, 2)

class DenseNet(nn.Module):
    def __init__(self, growth, depths, first, num_classes=1000, in_chans=3, **ignored):
        super().__init__()
        self.features = nn.Sequential()
        self.features.add_module('conv0', nn.Conv2d(in_chans, first, 7, 2, 3, bias=False))
        self.features.add_module('norm0', nn.BatchNorm2d(first))
        self.features.add_module('relu0', nn.ReLU())
        self.features.add_module('pool0', nn.MaxPool2d(3, 2, 1))
        width = first
        for index, layers in enumerate(depths):
            self.features.add_module('denseblock' + str(index + 1), DenseBlock(layers, width, growth))
            width = width + layers * growth
            if index != len(depths) - 1:
                self.features.add_module('transition' + str(index + 1), Transition(width, width // 2))
                width = width // 2
        self.features.add_module('norm5', nn.BatchNorm2d(width))
        self.classifier = nn.Linear(width, num_classes)

    def forward(self, x):
        x = F.relu(self.features(x))
        return self.classifier(torch.flatten(F.adaptive_avg_pool2d(x, 1), 1))

def densenet121(**settings):
    return DenseNet(32, [6, 12, 24, 16], 64, **settings)

def densenet161(**settings):
    return DenseNet(48, [6, 12, 36, 24], 96, **settings)

def densenet169(**settings):
    return DenseNet(32, [6, 12, 32, 32], 64, **settings)

def densenet201(**settings):
    return DenseNet(32, [6, 12, 48, 32], 64, **settings)
`;
