import { mobileParts } from './mobilenet';

/** RegNet X and Y as torchvision names their parts (Radosavovic et al. 2020, arXiv:2003.13678; widths by its equations 2–4). */
export const regnet = `${mobileParts}
class Bottleneck(nn.Module):
    def __init__(self, inside, out, stride, group_width, squeeze):
        super().__init__()
        parts = [('a', ConvNorm(inside, out, 1, activation=nn.ReLU)), ('b', ConvNorm(out, out, 3, stride, out // group_width, nn.ReLU))]
        if squeeze:
            parts.append(('se', SqueezeExcitation(out, int(round(squeeze * inside)), nn.ReLU, nn.Sigmoid)))
        parts.append(('c', ConvNorm(out, out, 1)))
        self.proj = ConvNorm(inside, out, 1, stride) if inside != out or stride != 1 else None
        self.f = nn.Sequential(OrderedDict(parts))

    def forward(self, x):
        shortcut = x if self.proj is None else self.proj(x)
        return F.relu(shortcut + self.f(x))

def stages(depth, first, slope, growth, group_width):
    widths = []
    for index in range(depth):
        power = round(math.log((first + slope * index) / first) / math.log(growth))
        widths.append(int(round(first * growth ** power / 8) * 8))
    found = []
    for width in widths:
        if len(found) > 0 and found[-1][0] == width:
            found[-1] = (width, found[-1][1] + 1)
        else:
            found.append((width, 1))
    fitted = []
    for width, count in found:
        group = min(group_width, width)
        multiple = max(group, int(width + group / 2) // group * group)
        fitted.append((multiple if multiple >= 0.9 * width else multiple + group, count, group))
    return fitted

class RegNet(nn.Module):
    def __init__(self, plan, squeeze, num_classes=1000, **ignored):
        super().__init__()
        self.stem = ConvNorm(3, 32, 3, 2, activation=nn.ReLU)
        inside = 32
        blocks = []
        for number, (width, count, group) in enumerate(plan):
            stage = nn.Sequential()
            for index in range(count):
                block = Bottleneck(inside if index == 0 else width, width, 2 if index == 0 else 1, group, squeeze)
                stage.add_module('block' + str(number + 1) + '-' + str(index), block)
            blocks.append(('block' + str(number + 1), stage))
            inside = width
        self.trunk_output = nn.Sequential(OrderedDict(blocks))
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(inside, num_classes)

    def forward(self, x):
        return self.fc(self.avgpool(self.trunk_output(self.stem(x))).flatten(start_dim=1))

def regnet_x_400mf(**settings):
    return RegNet(stages(22, 24, 24.48, 2.54, 16), 0, **settings)

def regnet_x_800mf(**settings):
    return RegNet(stages(16, 56, 35.73, 2.28, 16), 0, **settings)

def regnet_x_1_6gf(**settings):
    return RegNet(stages(18, 80, 34.01, 2.25, 24), 0, **settings)

def regnet_x_3_2gf(**settings):
    return RegNet(stages(25, 88, 26.31, 2.25, 48), 0, **settings)

def regnet_x_8gf(**settings):
    return RegNet(stages(23, 80, 49.56, 2.88, 120), 0, **settings)

def regnet_x_16gf(**settings):
    return RegNet(stages(22, 216, 55.59, 2.1, 128), 0, **settings)

def regnet_x_32gf(**settings):
    return RegNet(stages(23, 320, 69.86, 2.0, 168), 0, **settings)

def regnet_y_400mf(**settings):
    return RegNet(stages(16, 48, 27.89, 2.09, 8), 0.25, **settings)

def regnet_y_800mf(**settings):
    return RegNet(stages(14, 56, 38.84, 2.4, 16), 0.25, **settings)

def regnet_y_1_6gf(**settings):
    return RegNet(stages(27, 48, 20.71, 2.65, 24), 0.25, **settings)

def regnet_y_3_2gf(**settings):
    return RegNet(stages(21, 80, 42.63, 2.66, 24), 0.25, **settings)

def regnet_y_8gf(**settings):
    return RegNet(stages(17, 192, 76.82, 2.19, 56), 0.25, **settings)

def regnet_y_16gf(**settings):
    return RegNet(stages(18, 200, 106.23, 2.48, 112), 0.25, **settings)

def regnet_y_32gf(**settings):
    return RegNet(stages(20, 232, 115.89, 2.53, 232), 0.25, **settings)
`;
