/**
 * What the networks of timm have in common, and vision transformers as timm names their parts (timm/models/vision_transformer.py; Dosovitskiy
 * et al. 2020, arXiv:2010.11929; DeiT: Touvron et al. 2020, arXiv:2012.12877).
 */
export const timmVit = `
class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x):
        rows, length, width = x.shape
        qkv = self.qkv(x).reshape(rows, length, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        q, k, v = qkv.unbind(0)
        scores = (q * (width // self.heads) ** -0.5) @ k.transpose(-2, -1)
        return self.proj((scores.softmax(dim=-1) @ v).transpose(1, 2).reshape(rows, length, width))

class Mlp(nn.Module):
    def __init__(self, width, hidden):
        super().__init__()
        self.fc1 = nn.Linear(width, hidden)
        self.act = nn.GELU()
        self.fc2 = nn.Linear(hidden, width)

    def forward(self, x):
        return self.fc2(self.act(self.fc1(x)))

class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.norm1 = nn.LayerNorm(width, eps=1e-6)
        self.attn = Attention(width, heads)
        self.norm2 = nn.LayerNorm(width, eps=1e-6)
        self.mlp = Mlp(width, 4 * width)

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))

class PatchEmbed(nn.Module):
    def __init__(self, patch, channels, width):
        super().__init__()
        self.proj = nn.Conv2d(channels, width, patch, patch)

    def forward(self, x):
        return self.proj(x).flatten(2).transpose(1, 2)

class VisionTransformer(nn.Module):
    def __init__(self, patch, depth, heads, width, size, num_classes=1000, in_chans=3, img_size=None, **ignored):
        super().__init__()
        side = size if img_size is None else img_size
        high, wide = side if isinstance(side, (tuple, list)) else (side, side)
        self.num_features = self.embed_dim = width
        self.num_classes = num_classes
        self.patch_embed = PatchEmbed(patch, in_chans, width)
        self.cls_token = nn.Parameter(torch.zeros(1, 1, width))
        self.pos_embed = nn.Parameter(torch.zeros(1, (high // patch) * (wide // patch) + 1, width))
        self.blocks = nn.Sequential(*[Block(width, heads) for _ in range(depth)])
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.fc_norm = nn.Identity()
        self.head_drop = nn.Dropout(0.0)
        self.head = nn.Linear(width, num_classes) if num_classes > 0 else nn.Identity()

    def get_classifier(self):
        return self.head

    def reset_classifier(self, num_classes, global_pool=None):
        self.head = nn.Linear(self.num_features, num_classes) if num_classes > 0 else nn.Identity()

    def forward_features(self, x):
        x = self.patch_embed(x)
        x = torch.cat([self.cls_token.expand(x.shape[0], -1, -1), x], dim=1) + self.pos_embed
        return self.norm(self.blocks(x))

    def forward_head(self, x, pre_logits=False):
        x = self.head_drop(self.fc_norm(x[:, 0]))
        return x if pre_logits else self.head(x)

    def forward(self, x):
        return self.forward_head(self.forward_features(x))

def vit(name, **settings):
    width, depth, heads = {'tiny': (192, 12, 3), 'small': (384, 12, 6), 'base': (768, 12, 12), 'large': (1024, 24, 16)}[name.split('_')[1]]
    return VisionTransformer(int(name.split('patch')[1].split('_')[0]), depth, heads, width, int(name.split('_')[-1]), **settings)
`;

/** ConvNeXt as timm names its parts (timm/models/convnext.py; Liu et al. 2022, arXiv:2201.03545). */
export const timmConvnext = `
class LayerNorm2d(nn.LayerNorm):
    def forward(self, x):
        x = x.permute(0, 2, 3, 1)
        return F.layer_norm(x, self.normalized_shape, self.weight, self.bias, self.eps).permute(0, 3, 1, 2)

class Mlp(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.fc1 = nn.Linear(width, 4 * width)
        self.act = nn.GELU()
        self.fc2 = nn.Linear(4 * width, width)

    def forward(self, x):
        return self.fc2(self.act(self.fc1(x)))

class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv_dw = nn.Conv2d(width, width, 7, padding=3, groups=width)
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.mlp = Mlp(width)
        self.gamma = nn.Parameter(torch.ones(width) * 1e-6)

    def forward(self, x):
        out = self.mlp(self.norm(self.conv_dw(x).permute(0, 2, 3, 1))).permute(0, 3, 1, 2)
        return x + out * self.gamma.reshape(1, -1, 1, 1)

class Stage(nn.Module):
    def __init__(self, before, width, depth, first):
        super().__init__()
        self.downsample = nn.Identity() if first else nn.Sequential(LayerNorm2d(before, eps=1e-6), nn.Conv2d(before, width, 2, 2))
        self.blocks = nn.Sequential(*[Block(width) for _ in range(depth)])

    def forward(self, x):
        return self.blocks(self.downsample(x))

class Head(nn.Module):
    def __init__(self, width, num_classes):
        super().__init__()
        self.norm = LayerNorm2d(width, eps=1e-6)
        self.flatten = nn.Flatten(1)
        self.drop = nn.Dropout(0.0)
        self.fc = nn.Linear(width, num_classes) if num_classes > 0 else nn.Identity()

    def forward(self, x):
        return self.fc(self.drop(self.flatten(self.norm(x.mean((2, 3), keepdim=True)))))

class ConvNeXt(nn.Module):
    def __init__(self, widths, depths, num_classes=1000, in_chans=3, **ignored):
        super().__init__()
        self.num_features = widths[-1]
        self.stem = nn.Sequential(nn.Conv2d(in_chans, widths[0], 4, 4), LayerNorm2d(widths[0], eps=1e-6))
        self.stages = nn.Sequential(*[
            Stage(widths[max(0, index - 1)], width, depth, index == 0) for index, (width, depth) in enumerate(zip(widths, depths))])
        self.norm_pre = nn.Identity()
        self.head = Head(widths[-1], num_classes)

    def get_classifier(self):
        return self.head.fc

    def reset_classifier(self, num_classes, global_pool=None):
        self.head.fc = nn.Linear(self.num_features, num_classes) if num_classes > 0 else nn.Identity()

    def forward_features(self, x):
        return self.norm_pre(self.stages(self.stem(x)))

    def forward(self, x):
        return self.head(self.forward_features(x))

def convnext(name, **settings):
    first, deep = {'tiny': (96, 9), 'small': (96, 27), 'base': (128, 27), 'large': (192, 27)}[name.split('_')[1]]
    return ConvNeXt([first, 2 * first, 4 * first, 8 * first], [3, 3, deep, 3], **settings)
`;

/**
 * Networks of inverted residuals as timm names their parts (timm/models/_efficientnet_blocks.py): EfficientNet (Tan and Le 2019,
 * arXiv:1905.11946), MobileNet V2 (arXiv:1801.04381) and V3 (arXiv:1905.02244). The
 * networks that were carried over from TensorFlow (\`tf_\`) pad as it does and add more to a variance.
 */
export const timmEfficientnet = `
def padded(x, kernel, stride, same):
    if not same:
        return x
    down = max((math.ceil(x.shape[2] / stride) - 1) * stride + kernel - x.shape[2], 0)
    right = max((math.ceil(x.shape[3] / stride) - 1) * stride + kernel - x.shape[3], 0)
    return F.pad(x, [right // 2, right - right // 2, down // 2, down - down // 2])

class Conv(nn.Conv2d):
    def __init__(self, before, after, kernel, stride=1, groups=1, bias=False, same=False):
        super().__init__(before, after, kernel, stride, 0 if same else (kernel - 1) // 2, groups=groups, bias=bias)
        self.same, self.window, self.step = same, kernel, stride

    def forward(self, x):
        return super().forward(padded(x, self.window, self.step, self.same))

class Squeeze(nn.Module):
    def __init__(self, width, reduced, act, gate):
        super().__init__()
        self.conv_reduce = nn.Conv2d(width, reduced, 1)
        self.act1 = act
        self.conv_expand = nn.Conv2d(reduced, width, 1)
        self.gate = gate

    def forward(self, x):
        return x * self.gate(self.conv_expand(self.act1(self.conv_reduce(x.mean((2, 3), keepdim=True)))))

class Plain(nn.Module):
    def __init__(self, before, after, kernel, stride, act, eps, same):
        super().__init__()
        self.conv = Conv(before, after, kernel, stride, same=same)
        self.bn1 = nn.BatchNorm2d(after, eps=eps)
        self.act = act

    def forward(self, x):
        return self.act(self.bn1(self.conv(x)))

class Separable(nn.Module):
    def __init__(self, before, after, kernel, stride, act, squeeze, eps, same):
        super().__init__()
        self.skip = stride == 1 and before == after
        self.conv_dw = Conv(before, before, kernel, stride, groups=before, same=same)
        self.bn1 = nn.BatchNorm2d(before, eps=eps)
        self.act = act
        self.se = squeeze(before, before)
        self.conv_pw = Conv(before, after, 1, same=same)
        self.bn2 = nn.BatchNorm2d(after, eps=eps)

    def forward(self, x):
        out = self.bn2(self.conv_pw(self.se(self.act(self.bn1(self.conv_dw(x))))))
        return out + x if self.skip else out

class Inverted(nn.Module):
    def __init__(self, before, after, kernel, stride, expand, act, squeeze, eps, same):
        super().__init__()
        middle = divisible(before * expand)
        self.skip = stride == 1 and before == after
        self.conv_pw = Conv(before, middle, 1, same=same)
        self.bn1 = nn.BatchNorm2d(middle, eps=eps)
        self.act = act
        self.conv_dw = Conv(middle, middle, kernel, stride, groups=middle, same=same)
        self.bn2 = nn.BatchNorm2d(middle, eps=eps)
        self.se = squeeze(middle, before)
        self.conv_pwl = Conv(middle, after, 1, same=same)
        self.bn3 = nn.BatchNorm2d(after, eps=eps)

    def forward(self, x):
        out = self.act(self.bn1(self.conv_pw(x)))
        out = self.se(self.act(self.bn2(self.conv_dw(out))))
        out = self.bn3(self.conv_pwl(out))
        return out + x if self.skip else out

def divisible(size, low=None):
    best = max(8 if low is None else low, int(size + 4) // 8 * 8)
    return best + 8 if best < 0.9 * size else best

class Mobile(nn.Module):
    def __init__(self, stem, stages, last, act, late, eps, same, scale=1.0, num_classes=1000, in_chans=3, drop_rate=0.0, **ignored):
        super().__init__()
        self.late = late
        first = divisible(stem * scale) if scale >= 1 else stem
        self.conv_stem = Conv(in_chans, first, 3, 2, same=same)
        self.bn1 = nn.BatchNorm2d(first, eps=eps)
        self.act1 = act
        width, blocks = first, []
        for stage in stages:
            part = []
            for index in range(stage['repeat']):
                stride = stage['stride'] if index == 0 else 1
                after = divisible(stage['width'] * scale)
                own = stage.get('act', act)
                if stage['kind'] == 'plain':
                    part.append(Plain(width, after, 1, 1, own, eps, same))
                elif stage['expand'] == 1:
                    part.append(Separable(width, after, stage['kernel'], stride, own, stage['squeeze'], eps, same))
                else:
                    part.append(Inverted(width, after, stage['kernel'], stride, stage['expand'], own, stage['squeeze'], eps, same))
                width = after
            blocks.append(nn.Sequential(*part))
        self.blocks = nn.Sequential(*blocks)
        self.num_features = width if late else last
        self.head_hidden_size = last
        self.conv_head = Conv(width, last, 1, bias=late, same=same)
        if not late:
            self.bn2 = nn.BatchNorm2d(last, eps=eps)
        self.act2 = act
        self.drop_rate = drop_rate
        self.classifier = nn.Linear(last, num_classes) if num_classes > 0 else nn.Identity()

    def get_classifier(self):
        return self.classifier

    def reset_classifier(self, num_classes, global_pool=None):
        self.classifier = nn.Linear(self.head_hidden_size, num_classes) if num_classes > 0 else nn.Identity()

    def forward_features(self, x):
        x = self.blocks(self.act1(self.bn1(self.conv_stem(x))))
        return x if self.late else self.act2(self.bn2(self.conv_head(x)))

    def forward_head(self, x):
        x = x.mean((2, 3), keepdim=True)
        if self.late:
            x = self.act2(self.conv_head(x))
        x = x.flatten(1)
        if self.drop_rate > 0:
            x = F.dropout(x, p=self.drop_rate, training=self.training)
        return self.classifier(x)

    def forward(self, x):
        return self.forward_head(self.forward_features(x))

def none(width, before):
    return nn.Identity()

def efficientnet(name, **settings):
    wide, deep = {
        'b0': (1.0, 1.0), 'b1': (1.0, 1.1), 'b2': (1.1, 1.2), 'b3': (1.2, 1.4), 'b4': (1.4, 1.8), 'b5': (1.6, 2.2), 'b6': (1.8, 2.6), 'b7': (2.0, 3.1),
    }[name.split('_')[-1]]
    same = name.startswith('tf_')
    def squeeze(width, before):
        return Squeeze(width, before // 4, nn.SiLU(), nn.Sigmoid())
    rows = [(1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192), (1, 3, 1, 6, 320)]
    stages = [
        {'kind': 'mobile', 'repeat': math.ceil(repeat * deep), 'kernel': kernel, 'stride': stride, 'expand': expand, 'width': width, 'squeeze': squeeze}
        for repeat, kernel, stride, expand, width in rows]
    return Mobile(32, stages, divisible(1280 * wide), nn.SiLU(), False, 1e-3 if same else 1e-5, same, wide, **settings)

def mobilenetv2(name, **settings):
    rows = [(1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (3, 3, 2, 6, 32), (4, 3, 2, 6, 64), (3, 3, 1, 6, 96), (3, 3, 2, 6, 160), (1, 3, 1, 6, 320)]
    stages = [
        {'kind': 'mobile', 'repeat': repeat, 'kernel': kernel, 'stride': stride, 'expand': expand, 'width': width, 'squeeze': none}
        for repeat, kernel, stride, expand, width in rows]
    return Mobile(32, stages, 1280, nn.ReLU6(), False, 1e-5, False, **settings)

def mobilenetv3(name, **settings):
    same = name.startswith('tf_')
    def squeeze(width, before):
        return Squeeze(width, divisible(width / 4), nn.ReLU(), nn.Hardsigmoid())
    relu, hard = nn.ReLU(), nn.Hardswish()
    if 'large' in name:
        rows = [
            [(1, 3, 1, 1, 16, none, relu)],
            [(1, 3, 2, 4, 24, none, relu), (1, 3, 1, 3, 24, none, relu)],
            [(3, 5, 2, 3, 40, squeeze, relu)],
            [(1, 3, 2, 6, 80, none, hard), (1, 3, 1, 2.5, 80, none, hard), (2, 3, 1, 2.3, 80, none, hard)],
            [(2, 3, 1, 6, 112, squeeze, hard)],
            [(3, 5, 2, 6, 160, squeeze, hard)]]
        last, wide = 1280, 960
    else:
        rows = [
            [(1, 3, 2, 1, 16, squeeze, relu)],
            [(1, 3, 2, 4.5, 24, none, relu), (1, 3, 1, 3.67, 24, none, relu)],
            [(1, 5, 2, 4, 40, squeeze, hard), (2, 5, 1, 6, 40, squeeze, hard)],
            [(2, 5, 1, 3, 48, squeeze, hard)],
            [(3, 5, 2, 6, 96, squeeze, hard)]]
        last, wide = 1024, 576
    return MobileV3(rows, wide, last, hard, same, **settings)

class MobileV3(Mobile):
    def __init__(self, rows, wide, last, hard, same, num_classes=1000, in_chans=3, drop_rate=0.0, **ignored):
        nn.Module.__init__(self)
        eps = 1e-3 if same else 1e-5
        self.late = True
        self.conv_stem = Conv(in_chans, 16, 3, 2, same=same)
        self.bn1 = nn.BatchNorm2d(16, eps=eps)
        self.act1 = hard
        width, blocks = 16, []
        for stage in rows:
            part = []
            for repeat, kernel, stride, expand, after, squeeze, act in stage:
                for index in range(repeat):
                    step = stride if index == 0 else 1
                    if expand == 1:
                        part.append(Separable(width, after, kernel, step, act, squeeze, eps, same))
                    else:
                        part.append(Inverted(width, after, kernel, step, expand, act, squeeze, eps, same))
                    width = after
            blocks.append(nn.Sequential(*part))
        blocks.append(nn.Sequential(Plain(width, wide, 1, 1, hard, eps, same)))
        self.blocks = nn.Sequential(*blocks)
        self.num_features = wide
        self.head_hidden_size = last
        self.conv_head = Conv(wide, last, 1, bias=True, same=same)
        self.act2 = hard
        self.drop_rate = drop_rate
        self.classifier = nn.Linear(last, num_classes) if num_classes > 0 else nn.Identity()
`;
