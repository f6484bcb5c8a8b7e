/** Convolution, normalisation and ReLU in one, as both Inception networks use it, and their scaling of inputs to the weights' range. */
const parts = `
class BasicConv2d(nn.Module):
    def __init__(self, inside, out, kernel, stride=1, padding=0):
        super().__init__()
        self.conv = nn.Conv2d(inside, out, kernel, stride, padding, bias=False)
        self.bn = nn.BatchNorm2d(out, 0.001)

    def forward(self, x):
        return F.relu(self.bn(self.conv(x)))

def rescaled(x):
    first = x[:, 0:1] * (0.229 / 0.5) + (0.485 - 0.5) / 0.5
    second = x[:, 1:2] * (0.224 / 0.5) + (0.456 - 0.5) / 0.5
    third = x[:, 2:3] * (0.225 / 0.5) + (0.406 - 0.5) / 0.5
    return torch.cat([first, second, third], 1)
`;

/** GoogLeNet as torchvision names its parts (Szegedy et al. 2014, arXiv:1409.4842); its 5 × 5 branch has 3 × 3 filters there. */
export const googlenet = `${parts}
class Inception(nn.Module):
    def __init__(self, inside, one, three_in, three, five_in, five, pooled):
        super().__init__()
        self.branch1 = BasicConv2d(inside, one, 1)
        self.branch2 = nn.Sequential(BasicConv2d(inside, three_in, 1), BasicConv2d(three_in, three, 3, padding=1))
        self.branch3 = nn.Sequential(BasicConv2d(inside, five_in, 1), BasicConv2d(five_in, five, 3, padding=1))
        self.branch4 = nn.Sequential(nn.MaxPool2d(3, 1, 1, ceil_mode=True), BasicConv2d(inside, pooled, 1))

    def forward(self, x):
        return torch.cat([self.branch1(x), self.branch2(x), self.branch3(x), self.branch4(x)], 1)

class Auxiliary(nn.Module):
    def __init__(self, inside, num_classes):
        super().__init__()
        self.conv = BasicConv2d(inside, 128, 1)
        self.fc1 = nn.Linear(2048, 1024)
        self.fc2 = nn.Linear(1024, num_classes)

class GoogLeNet(nn.Module):
    def __init__(self, num_classes=1000, aux_logits=True, transform_input=False, dropout=0.2, **ignored):
        super().__init__()
        self.transform_input = transform_input
        self.conv1 = BasicConv2d(3, 64, 7, 2, 3)
        self.conv2 = BasicConv2d(64, 64, 1)
        self.conv3 = BasicConv2d(64, 192, 3, padding=1)
        self.pool = nn.MaxPool2d(3, 2, ceil_mode=True)
        self.inception3a = Inception(192, 64, 96, 128, 16, 32, 32)
        self.inception3b = Inception(256, 128, 128, 192, 32, 96, 64)
        self.inception4a = Inception(480, 192, 96, 208, 16, 48, 64)
        self.inception4b = Inception(512, 160, 112, 224, 24, 64, 64)
        self.inception4c = Inception(512, 128, 128, 256, 24, 64, 64)
        self.inception4d = Inception(512, 112, 144, 288, 32, 64, 64)
        self.inception4e = Inception(528, 256, 160, 320, 32, 128, 128)
        self.pool4 = nn.MaxPool2d(2, 2, ceil_mode=True)
        self.inception5a = Inception(832, 256, 160, 320, 32, 128, 128)
        self.inception5b = Inception(832, 384, 192, 384, 48, 128, 128)
        self.aux1 = Auxiliary(512, num_classes) if aux_logits else None
        self.aux2 = Auxiliary(528, num_classes) if aux_logits else None
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.dropout = nn.Dropout(dropout)
        self.fc = nn.Linear(1024, num_classes)

    def forward(self, x):
        x = rescaled(x) if self.transform_input else x
        x = self.pool(self.conv3(self.conv2(self.pool(self.conv1(x)))))
        x = self.pool(self.inception3b(self.inception3a(x)))
        x = self.inception4e(self.inception4d(self.inception4c(self.inception4b(self.inception4a(x)))))
        x = self.inception5b(self.inception5a(self.pool4(x)))
        return self.fc(self.dropout(torch.flatten(self.avgpool(x), 1)))

def googlenet(weights=None, pretrained=False, aux_logits=None, transform_input=None, **settings):
    loaded = weights is not None or pretrained
    return GoogLeNet(
        aux_logits=not loaded if aux_logits is None else aux_logits,
        transform_input=loaded if transform_input is None else transform_input, **settings)
`;

/** Inception v3 as torchvision names its parts (Szegedy et al. 2015, arXiv:1512.00567). */
export const inception = `${parts}
class InceptionA(nn.Module):
    def __init__(self, inside, pooled):
        super().__init__()
        self.branch1x1 = BasicConv2d(inside, 64, 1)
        self.branch5x5_1 = BasicConv2d(inside, 48, 1)
        self.branch5x5_2 = BasicConv2d(48, 64, 5, padding=2)
        self.branch3x3dbl_1 = BasicConv2d(inside, 64, 1)
        self.branch3x3dbl_2 = BasicConv2d(64, 96, 3, padding=1)
        self.branch3x3dbl_3 = BasicConv2d(96, 96, 3, padding=1)
        self.branch_pool = BasicConv2d(inside, pooled, 1)

    def forward(self, x):
        double = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x)))
        pooled = self.branch_pool(F.avg_pool2d(x, 3, 1, 1))
        return torch.cat([self.branch1x1(x), self.branch5x5_2(self.branch5x5_1(x)), double, pooled], 1)

class InceptionB(nn.Module):
    def __init__(self, inside):
        super().__init__()
        self.branch3x3 = BasicConv2d(inside, 384, 3, 2)
        self.branch3x3dbl_1 = BasicConv2d(inside, 64, 1)
        self.branch3x3dbl_2 = BasicConv2d(64, 96, 3, padding=1)
        self.branch3x3dbl_3 = BasicConv2d(96, 96, 3, 2)

    def forward(self, x):
        double = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x)))
        return torch.cat([self.branch3x3(x), double, F.max_pool2d(x, 3, 2)], 1)

class InceptionC(nn.Module):
    def __init__(self, inside, width):
        super().__init__()
        across, down = {'kernel': (1, 7), 'padding': (0, 3)}, {'kernel': (7, 1), 'padding': (3, 0)}
        self.branch1x1 = BasicConv2d(inside, 192, 1)
        self.branch7x7_1 = BasicConv2d(inside, width, 1)
        self.branch7x7_2 = BasicConv2d(width, width, **across)
        self.branch7x7_3 = BasicConv2d(width, 192, **down)
        self.branch7x7dbl_1 = BasicConv2d(inside, width, 1)
        self.branch7x7dbl_2 = BasicConv2d(width, width, **down)
        self.branch7x7dbl_3 = BasicConv2d(width, width, **across)
        self.branch7x7dbl_4 = BasicConv2d(width, width, **down)
        self.branch7x7dbl_5 = BasicConv2d(width, 192, **across)
        self.branch_pool = BasicConv2d(inside, 192, 1)

    def forward(self, x):
        single = self.branch7x7_3(self.branch7x7_2(self.branch7x7_1(x)))
        double = self.branch7x7dbl_3(self.branch7x7dbl_2(self.branch7x7dbl_1(x)))
        double = self.branch7x7dbl_5(self.branch7x7dbl_4(double))
        return torch.cat([self.branch1x1(x), single, double, self.branch_pool(F.avg_pool2d(x, 3, 1, 1))], 1)

class InceptionD(nn.Module):
    def __init__(self, inside):
        super().__init__()
        self.branch3x3_1 = BasicConv2d(inside, 192, 1)
        self.branch3x3_2 = BasicConv2d(192, 320, 3, 2)
        self.branch7x7x3_1 = BasicConv2d(inside, 192, 1)
        self.branch7x7x3_2 = BasicConv2d(192, 192, (1, 7), padding=(0, 3))
        self.branch7x7x3_3 = BasicConv2d(192, 192, (7, 1), padding=(3, 0))
        self.branch7x7x3_4 = BasicConv2d(192, 192, 3, 2)

    def forward(self, x):
        seven = self.branch7x7x3_4(self.branch7x7x3_3(self.branch7x7x3_2(self.branch7x7x3_1(x))))
        return torch.cat([self.branch3x3_2(self.branch3x3_1(x)), seven, F.max_pool2d(x, 3, 2)], 1)

class InceptionE(nn.Module):
    def __init__(self, inside):
        super().__init__()
        across, down = {'kernel': (1, 3), 'padding': (0, 1)}, {'kernel': (3, 1), 'padding': (1, 0)}
        self.branch1x1 = BasicConv2d(inside, 320, 1)
        self.branch3x3_1 = BasicConv2d(inside, 384, 1)
        self.branch3x3_2a = BasicConv2d(384, 384, **across)
        self.branch3x3_2b = BasicConv2d(384, 384, **down)
        self.branch3x3dbl_1 = BasicConv2d(inside, 448, 1)
        self.branch3x3dbl_2 = BasicConv2d(448, 384, 3, padding=1)
        self.branch3x3dbl_3a = BasicConv2d(384, 384, **across)
        self.branch3x3dbl_3b = BasicConv2d(384, 384, **down)
        self.branch_pool = BasicConv2d(inside, 192, 1)

    def forward(self, x):
        single = self.branch3x3_1(x)
        double = self.branch3x3dbl_2(self.branch3x3dbl_1(x))
        return torch.cat([
            self.branch1x1(x), self.branch3x3_2a(single), self.branch3x3_2b(single),
            self.branch3x3dbl_3a(double), self.branch3x3dbl_3b(double), self.branch_pool(F.avg_pool2d(x, 3, 1, 1))], 1)

class Auxiliary(nn.Module):
    def __init__(self, inside, num_classes):
        super().__init__()
        self.conv0 = BasicConv2d(inside, 128, 1)
        self.conv1 = BasicConv2d(128, 768, 5)
        self.fc = nn.Linear(768, num_classes)

class Inception3(nn.Module):
    def __init__(self, num_classes=1000, aux_logits=True, transform_input=False, dropout=0.5, **ignored):
        super().__init__()
        self.transform_input = transform_input
        self.Conv2d_1a_3x3 = BasicConv2d(3, 32, 3, 2)
        self.Conv2d_2a_3x3 = BasicConv2d(32, 32, 3)
        self.Conv2d_2b_3x3 = BasicConv2d(32, 64, 3, padding=1)
        self.maxpool1 = nn.MaxPool2d(3, 2)
        self.Conv2d_3b_1x1 = BasicConv2d(64, 80, 1)
        self.Conv2d_4a_3x3 = BasicConv2d(80, 192, 3)
        self.maxpool2 = nn.MaxPool2d(3, 2)
        self.Mixed_5b = InceptionA(192, 32)
        self.Mixed_5c = InceptionA(256, 64)
        self.Mixed_5d = InceptionA(288, 64)
        self.Mixed_6a = InceptionB(288)
        self.Mixed_6b = InceptionC(768, 128)
        self.Mixed_6c = InceptionC(768, 160)
        self.Mixed_6d = InceptionC(768, 160)
        self.Mixed_6e = InceptionC(768, 192)
        self.AuxLogits = Auxiliary(768, num_classes) if aux_logits else None
        self.Mixed_7a = InceptionD(768)
        self.Mixed_7b = InceptionE(1280)
        self.Mixed_7c = InceptionE(2048)
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.dropout = nn.Dropout(dropout)
        self.fc = nn.Linear(2048, num_classes)

    def forward(self, x):
        x = rescaled(x) if self.transform_input else x
        x = self.maxpool1(self.Conv2d_2b_3x3(self.Conv2d_2a_3x3(self.Conv2d_1a_3x3(x))))
        x = self.maxpool2(self.Conv2d_4a_3x3(self.Conv2d_3b_1x1(x)))
        x = self.Mixed_6a(self.Mixed_5d(self.Mixed_5c(self.Mixed_5b(x))))
        x = self.Mixed_6e(self.Mixed_6d(self.Mixed_6c(self.Mixed_6b(x))))
        x = self.Mixed_7c(self.Mixed_7b(self.Mixed_7a(x)))
        return self.fc(torch.flatten(self.dropout(self.avgpool(x)), 1))

def inception_v3(weights=None, pretrained=False, transform_input=None, **settings):
    loaded = weights is not None or pretrained
    return Inception3(transform_input=loaded if transform_input is None else transform_input, **settings)
`;
