/** VGG and AlexNet as torchvision names their parts (Simonyan and Zisserman 2014, arXiv:1409.1556; Krizhevsky 2014, arXiv:1404.5997). */
export const vgg = `
class VGG(nn.Module):
    def __init__(self, plan, norm, num_classes=1000, dropout=0.5, **ignored):
        super().__init__()
        layers = []
        inside = 3
        for block in plan:
            for width in block:
                layers.append(nn.Conv2d(inside, width, 3, padding=1))
                if norm:
                    layers.append(nn.BatchNorm2d(width))
                layers.append(nn.ReLU())
                inside = width
            layers.append(nn.MaxPool2d(2, 2))
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d((7, 7))
        self.classifier = nn.Sequential(
            nn.Linear(512 * 7 * 7, 4096), nn.ReLU(), nn.Dropout(dropout),
            nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout(dropout), nn.Linear(4096, num_classes))

    def forward(self, x):
        return self.classifier(torch.flatten(self.avgpool(self.features(x)), 1))

class AlexNet(nn.Module):
    def __init__(self, num_classes=1000, dropout=0.5, **ignored):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 64, 11, 4, 2), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Conv2d(64, 192, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2),
            nn.Conv2d(192, 384, 3, padding=1), nn.ReLU(), nn.Conv2d(384, 256, 3, padding=1), nn.ReLU(),
            nn.Conv2d(256, 256, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2))
        self.avgpool = nn.AdaptiveAvgPool2d((6, 6))
        self.classifier = nn.Sequential(
            nn.Dropout(dropout), nn.Linear(256 * 6 * 6, 4096), nn.ReLU(),
            nn.Dropout(dropout), nn.Linear(4096, 4096), nn.ReLU(), nn.Linear(4096, num_classes))

    def forward(self, x):
        return self.classifier(torch.flatten(self.avgpool(self.features(x)), 1))

A = [[64], [128], [256] * 2, [512] * 2, [512] * 2]
B = [[64] * 2, [128] * 2, [256] * 2, [512] * 2, [512] * 2]
D = [[64] * 2, [128] * 2, [256] * 3, [512] * 3, [512] * 3]
E = [[64] * 2, [128] * 2, [256] * 4, [512] * 4, [512] * 4]

def vgg11(**settings):
    return VGG(A, False, **settings)

def vgg11_bn(**settings):
    return VGG(A, True, **settings)

def vgg13(**settings):
    return VGG(B, False, **settings)

def vgg13_bn(**settings):
    return VGG(B, True, **settings)

def vgg16(**settings):
    return VGG(D, False, **settings)

def vgg16_bn(**settings):
    return VGG(D, True, **settings)

def vgg19(**settings):
    return VGG(E, False, **settings)

def vgg19_bn(**settings):
    return VGG(E, True, **settings)

def alexnet(**settings):
    return AlexNet(**settings)
`;
