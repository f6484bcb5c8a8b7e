/** Vision transformers as torchvision names their parts (Dosovitskiy et al. 2020, arXiv:2010.11929). */
export const vit = `
class EncoderBlock(nn.Module):
    def __init__(self, width, heads, hidden, dropout, attention_dropout):
        super().__init__()
        self.ln_1 = nn.LayerNorm(width, eps=1e-6)
        self.self_attention = nn.MultiheadAttention(width, heads, dropout=attention_dropout, batch_first=True)
        self.dropout = nn.Dropout(dropout)
        self.ln_2 = nn.LayerNorm(width, eps=1e-6)
        self.mlp = nn.Sequential(nn.Linear(width, hidden), nn.GELU(), nn.Dropout(dropout), nn.Linear(hidden, width), nn.Dropout(dropout))

    def forward(self, x):
        normal = self.ln_1(x)
        attended, _ = self.self_attention(normal, normal, normal, need_weights=False)
        x = x + self.dropout(attended)
        return x + self.mlp(self.ln_2(x))

class Encoder(nn.Module):
    def __init__(self, length, depth, heads, width, hidden, dropout, attention_dropout):
        super().__init__()
        self.pos_embedding = nn.Parameter(torch.zeros(1, length, width))
        self.dropout = nn.Dropout(dropout)
        self.layers = nn.Sequential(OrderedDict(
            [('encoder_layer_' + str(index), EncoderBlock(width, heads, hidden, dropout, attention_dropout)) for index in range(depth)]))
        self.ln = nn.LayerNorm(width, eps=1e-6)

    def forward(self, x):
        return self.ln(self.layers(self.dropout(x + self.pos_embedding)))

class VisionTransformer(nn.Module):
    def __init__(self, patch, depth, heads, width, hidden, image_size=224, num_classes=1000, dropout=0.0, attention_dropout=0.0, **ignored):
        super().__init__()
        self.width = width
        self.conv_proj = nn.Conv2d(3, width, patch, patch)
        self.class_token = nn.Parameter(torch.zeros(1, 1, width))
        self.encoder = Encoder((image_size // patch) ** 2 + 1, depth, heads, width, hidden, dropout, attention_dropout)
        self.heads = nn.Sequential(OrderedDict([('head', nn.Linear(width, num_classes))]))

    def forward(self, x):
        x = self.conv_proj(x)
        x = x.reshape(x.shape[0], self.width, -1).permute(0, 2, 1)
        x = torch.cat([self.class_token.expand(x.shape[0], -1, -1), x], dim=1)
        return self.heads(self.encoder(x)[:, 0])

def vit_b_16(**settings):
    return VisionTransformer(16, 12, 12, 768, 3072, **settings)

def vit_b_32(**settings):
    return VisionTransformer(32, 12, 12, 768, 3072, **settings)

def vit_l_16(**settings):
    return VisionTransformer(16, 24, 16, 1024, 4096, **settings)

def vit_l_32(**settings):
    return VisionTransformer(32, 24, 16, 1024, 4096, **settings)

def vit_h_14(**settings):
    return VisionTransformer(14, 32, 16, 1280, 5120, **settings)
`;

/** Swin transformers (first version) as torchvision names their parts (Liu et al. 2021, arXiv:2103.14030). */
export const swin = `
class ShiftedWindowAttention(nn.Module):
    def __init__(self, width, heads, shift):
        super().__init__()
        self.heads, self.shift, self.window = heads, shift, 7
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)
        self.relative_position_bias_table = nn.Parameter(torch.zeros(13 * 13, heads))
        self.register_buffer('relative_position_index', torch.zeros(49 * 49))

    def forward(self, x):
        rows, height, width, channels = x.shape
        side = self.window
        below, right = (side - height % side) % side, (side - width % side) % side
        x = F.pad(x, (0, 0, 0, right, 0, below))
        tall, wide = height + below, width + right
        down = 0 if side >= tall else self.shift
        across = 0 if side >= wide else self.shift
        if down + across > 0:
            x = torch.roll(x, shifts=(-down, -across), dims=(1, 2))
        count = (tall // side) * (wide // side)
        x = x.view(rows, tall // side, side, wide // side, side, channels)
        x = x.permute(0, 1, 3, 2, 4, 5).reshape(rows * count, side * side, channels)
        qkv = self.qkv(x).reshape(rows * count, side * side, 3, self.heads, channels // self.heads).permute(2, 0, 3, 1, 4)
        q, k, v = qkv[0] * (channels // self.heads) ** -0.5, qkv[1], qkv[2]
        bias = self.relative_position_bias_table[self.relative_position_index]
        bias = bias.view(side * side, side * side, self.heads).permute(2, 0, 1).unsqueeze(0)
        scores = q.matmul(k.transpose(-2, -1)) + bias
        if down + across > 0:
            part_of_row = regions(tall, side, down).view(tall, 1)
            part = (3 * part_of_row + regions(wide, side, across).view(1, wide)).view(tall // side, side, wide // side, side)
            part = part.permute(0, 2, 1, 3).reshape(count, side * side)
            apart = (part.unsqueeze(1) - part.unsqueeze(2)) != 0
            mask = torch.where(apart, torch.full(apart.shape, -100.0), torch.zeros(apart.shape))
            scores = scores.view(rows, count, self.heads, side * side, side * side) + mask.unsqueeze(1).unsqueeze(0)
            scores = scores.view(rows * count, self.heads, side * side, side * side)
        x = F.softmax(scores, dim=-1).matmul(v).transpose(1, 2).reshape(rows * count, side * side, channels)
        x = self.proj(x).view(rows, tall // side, wide // side, side, side, channels)
        x = x.permute(0, 1, 3, 2, 4, 5).reshape(rows, tall, wide, channels)
        if down + across > 0:
            x = torch.roll(x, shifts=(down, across), dims=(1, 2))
        return x[:, :height, :width, :]

def regions(size, window, shift):
    if shift == 0:
        return torch.tensor([0.0] * (size - window) + [1.0] * window)
    return torch.tensor([0.0] * (size - window) + [1.0] * (window - shift) + [2.0] * shift)

class SwinBlock(nn.Module):
    def __init__(self, width, heads, shift):
        super().__init__()
        self.norm1 = nn.LayerNorm(width, eps=1e-5)
        self.attn = ShiftedWindowAttention(width, heads, shift)
        self.norm2 = nn.LayerNorm(width, eps=1e-5)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Dropout(0.0), nn.Linear(4 * width, width), nn.Dropout(0.0))

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))

class PatchMerging(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.reduction = nn.Linear(4 * width, 2 * width, bias=False)
        self.norm = nn.LayerNorm(4 * width, eps=1e-5)

    def forward(self, x):
        height, width = x.shape[1], x.shape[2]
        x = F.pad(x, (0, 0, 0, width % 2, 0, height % 2))
        x = torch.cat([x[:, 0::2, 0::2, :], x[:, 1::2, 0::2, :], x[:, 0::2, 1::2, :], x[:, 1::2, 1::2, :]], -1)
        return self.reduction(self.norm(x))

class Permute(nn.Module):
    def __init__(self, order):
        super().__init__()
        self.order = order

    def forward(self, x):
        return x.permute(self.order)

class SwinTransformer(nn.Module):
    def __init__(self, width, depths, heads, num_classes=1000, **ignored):
        super().__init__()
        layers = [nn.Sequential(nn.Conv2d(3, width, 4, 4), Permute([0, 2, 3, 1]), nn.LayerNorm(width, eps=1e-5))]
        for index, depth in enumerate(depths):
            size = width * 2 ** index
            layers.append(nn.Sequential(*[SwinBlock(size, heads[index], 0 if at % 2 == 0 else 3) for at in range(depth)]))
            if index < len(depths) - 1:
                layers.append(PatchMerging(size))
        self.features = nn.Sequential(*layers)
        last = width * 2 ** (len(depths) - 1)
        self.norm = nn.LayerNorm(last, eps=1e-5)
        self.head = nn.Linear(last, num_classes)

    def forward(self, x):
        return self.head(self.norm(self.features(x)).permute(0, 3, 1, 2).mean([2, 3]))

def swin_t(**settings):
    return SwinTransformer(96, [2, 2, 6, 2], [3, 6, 12, 24], **settings)

def swin_s(**settings):
    return SwinTransformer(96, [2, 2, 18, 2], [3, 6, 12, 24], **settings)

def swin_b(**settings):
    return SwinTransformer(128, [2, 2, 18, 2], [4, 8, 16, 32], **settings)
`;

/** ConvNeXt as torchvision names its parts (Liu et al. 2022, arXiv:2201.03545). */
export const convnext = `
class LayerNorm2d(nn.LayerNorm):
    def forward(self, x):
        x = x.permute(0, 2, 3, 1)
        return F.layer_norm(x, self.normalized_shape, self.weight, self.bias, self.eps).permute(0, 3, 1, 2)

class Permute(nn.Module):
    def __init__(self, order):
        super().__init__()
        self.order = order

    def forward(self, x):
        return x.permute(self.order)

class CNBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.block = nn.Sequential(
            nn.Conv2d(width, width, 7, padding=3, groups=width), Permute([0, 2, 3, 1]), nn.LayerNorm(width, eps=1e-6),
            nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width), Permute([0, 3, 1, 2]))
        self.layer_scale = nn.Parameter(torch.ones(width, 1, 1) * 1e-6)

    def forward(self, x):
        return x + self.layer_scale * self.block(x)

class ConvNeXt(nn.Module):
    def __init__(self, widths, depths, num_classes=1000, **ignored):
        super().__init__()
        layers = [nn.Sequential(nn.Conv2d(3, widths[0], 4, 4), LayerNorm2d(widths[0], eps=1e-6))]
        for index, (width, depth) in enumerate(zip(widths, depths)):
            layers.append(nn.Sequential(*[CNBlock(width) for _ in range(depth)]))
            if index < len(widths) - 1:
                layers.append(nn.Sequential(LayerNorm2d(width, eps=1e-6), nn.Conv2d(width, widths[index + 1], 2, 2)))
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        last = widths[-1]
        self.classifier = nn.Sequential(LayerNorm2d(last, eps=1e-6), nn.Flatten(1), nn.Linear(last, num_classes))

    def forward(self, x):
        return self.classifier(self.avgpool(self.features(x)))

def convnext_tiny(**settings):
    return ConvNeXt([96, 192, 384, 768], [3, 3, 9, 3], **settings)

def convnext_small(**settings):
    return ConvNeXt([96, 192, 384, 768], [3, 3, 27, 3], **settings)

def convnext_base(**settings):
    return ConvNeXt([128, 256, 512, 1024], [3, 3, 27, 3], **settings)

def convnext_large(**settings):
    return ConvNeXt([192, 384, 768, 1536], [3, 3, 27, 3], **settings)
`;
