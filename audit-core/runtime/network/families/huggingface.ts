/**
 * Encoders of Hugging Face transformers by the names that their files give to their parts, put together from a configuration `c`: BERT
 * (Devlin et al. 2018, arXiv:1810.04805), RoBERTa with XLM-R and CamemBERT (Liu et al. 2019, arXiv:1907.11692), DistilBERT (Sanh et al.
 * 2019, arXiv:1910.01108), vision transformers and DeiT (Dosovitskiy et al. 2020, arXiv:2010.11929; Touvron et al. 2020, arXiv:2012.12877).
 * Texts come as `[rows, kinds, length]`: token ids, which of them count, and their types.
 */
export const encoders = `
def activation(name, x):
    if name == 'gelu':
        return F.gelu(x)
    if name in ('gelu_new', 'gelu_pytorch_tanh'):
        return F.gelu(x, approximate='tanh')
    if name == 'relu':
        return F.relu(x)
    return F.silu(x)

def attend(q, k, v, heads, hidden):
    rows, length, width = q.shape
    q, k, v = [t.reshape(rows, length, heads, width // heads).transpose(1, 2) for t in (q, k, v)]
    scores = q @ k.transpose(-2, -1) / math.sqrt(width // heads)
    if hidden is not None:
        scores = scores + hidden
    return (scores.softmax(dim=-1) @ v).transpose(1, 2).reshape(rows, length, width)

def hidden_of(counts):
    return (1.0 - counts[:, None, None, :].float()) * -1e30

class BertEmbeddings(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.word_embeddings = nn.Embedding(c.vocab_size, c.hidden_size)
        self.position_embeddings = nn.Embedding(c.max_position_embeddings, c.hidden_size)
        self.token_type_embeddings = nn.Embedding(c.type_vocab_size, c.hidden_size)
        self.LayerNorm = nn.LayerNorm(c.hidden_size, eps=c.layer_norm_eps)
        self.first = c.first_position
        self.padding = c.pad_token_id

    def forward(self, ids, types):
        if self.first == 0:
            positions = torch.arange(ids.shape[1])
        else:
            real = (ids != self.padding).long()
            positions = torch.cumsum(real, 1) * real + self.padding
        x = self.word_embeddings(ids) + self.token_type_embeddings(types) + self.position_embeddings(positions)
        return self.LayerNorm(x)

class BertSelfAttention(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.query = nn.Linear(c.hidden_size, c.hidden_size)
        self.key = nn.Linear(c.hidden_size, c.hidden_size)
        self.value = nn.Linear(c.hidden_size, c.hidden_size)
        self.heads = c.num_attention_heads

    def forward(self, x, hidden):
        return attend(self.query(x), self.key(x), self.value(x), self.heads, hidden)

class BertAdd(nn.Module):
    def __init__(self, inside, width, eps):
        super().__init__()
        self.dense = nn.Linear(inside, width)
        self.LayerNorm = nn.LayerNorm(width, eps=eps)

    def forward(self, x, before):
        return self.LayerNorm(self.dense(x) + before)

class BertAttention(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.self = BertSelfAttention(c)
        self.output = BertAdd(c.hidden_size, c.hidden_size, c.layer_norm_eps)

    def forward(self, x, hidden):
        return self.output(self.self(x, hidden), x)

class BertIntermediate(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.dense = nn.Linear(c.hidden_size, c.intermediate_size)
        self.act = c.hidden_act

    def forward(self, x):
        return activation(self.act, self.dense(x))

class BertLayer(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.attention = BertAttention(c)
        self.intermediate = BertIntermediate(c)
        self.output = BertAdd(c.intermediate_size, c.hidden_size, c.layer_norm_eps)

    def forward(self, x, hidden):
        x = self.attention(x, hidden)
        return self.output(self.intermediate(x), x)

class BertEncoder(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.layer = nn.ModuleList([BertLayer(c) for _ in range(c.num_hidden_layers)])

    def forward(self, x, hidden):
        for layer in self.layer:
            x = layer(x, hidden)
        return x

class BertPooler(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.dense = nn.Linear(c.hidden_size, c.hidden_size)

    def forward(self, x):
        return torch.tanh(self.dense(x[:, 0]))

class Bert(nn.Module):
    def __init__(self, c, pooled):
        super().__init__()
        self.embeddings = BertEmbeddings(c)
        self.encoder = BertEncoder(c)
        self.pooler = BertPooler(c) if pooled else None

    def forward(self, tokens):
        ids = tokens[:, 0].long()
        hidden = hidden_of(tokens[:, 1]) if tokens.shape[1] > 1 else None
        types = tokens[:, 2].long() if tokens.shape[1] > 2 else torch.zeros_like(ids)
        x = self.encoder(self.embeddings(ids, types), hidden)
        return x if self.pooler is None else self.pooler(x)

class BertForSequenceClassification(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.bert = Bert(c, True)
        self.classifier = nn.Linear(c.hidden_size, c.num_labels)

    def forward(self, tokens):
        return self.classifier(self.bert(tokens))

class BertForTokenClassification(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.bert = Bert(c, False)
        self.classifier = nn.Linear(c.hidden_size, c.num_labels)

    def forward(self, tokens):
        return self.classifier(self.bert(tokens))

class RobertaHead(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.dense = nn.Linear(c.hidden_size, c.hidden_size)
        self.out_proj = nn.Linear(c.hidden_size, c.num_labels)

    def forward(self, x):
        return self.out_proj(torch.tanh(self.dense(x[:, 0])))

class RobertaForSequenceClassification(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.roberta = Bert(c, False)
        self.classifier = RobertaHead(c)

    def forward(self, tokens):
        return self.classifier(self.roberta(tokens))

class DistilEmbeddings(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.word_embeddings = nn.Embedding(c.vocab_size, c.dim)
        self.position_embeddings = nn.Embedding(c.max_position_embeddings, c.dim)
        self.LayerNorm = nn.LayerNorm(c.dim, eps=1e-12)

    def forward(self, ids):
        return self.LayerNorm(self.word_embeddings(ids) + self.position_embeddings(torch.arange(ids.shape[1])))

class DistilAttention(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.q_lin = nn.Linear(c.dim, c.dim)
        self.k_lin = nn.Linear(c.dim, c.dim)
        self.v_lin = nn.Linear(c.dim, c.dim)
        self.out_lin = nn.Linear(c.dim, c.dim)
        self.heads = c.n_heads

    def forward(self, x, hidden):
        return self.out_lin(attend(self.q_lin(x), self.k_lin(x), self.v_lin(x), self.heads, hidden))

class DistilFeedForward(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.lin1 = nn.Linear(c.dim, c.hidden_dim)
        self.lin2 = nn.Linear(c.hidden_dim, c.dim)
        self.act = c.activation

    def forward(self, x):
        return self.lin2(activation(self.act, self.lin1(x)))

class DistilLayer(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.attention = DistilAttention(c)
        self.sa_layer_norm = nn.LayerNorm(c.dim, eps=1e-12)
        self.ffn = DistilFeedForward(c)
        self.output_layer_norm = nn.LayerNorm(c.dim, eps=1e-12)

    def forward(self, x, hidden):
        x = self.sa_layer_norm(self.attention(x, hidden) + x)
        return self.output_layer_norm(self.ffn(x) + x)

class DistilTransformer(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.layer = nn.ModuleList([DistilLayer(c) for _ in range(c.n_layers)])

class DistilBert(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.embeddings = DistilEmbeddings(c)
        self.transformer = DistilTransformer(c)

    def forward(self, tokens):
        x = self.embeddings(tokens[:, 0].long())
        hidden = hidden_of(tokens[:, 1]) if tokens.shape[1] > 1 else None
        for layer in self.transformer.layer:
            x = layer(x, hidden)
        return x

class DistilBertForSequenceClassification(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.distilbert = DistilBert(c)
        self.pre_classifier = nn.Linear(c.dim, c.dim)
        self.classifier = nn.Linear(c.dim, c.num_labels)

    def forward(self, tokens):
        return self.classifier(F.relu(self.pre_classifier(self.distilbert(tokens)[:, 0])))

class PatchProjection(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.projection = nn.Conv2d(c.num_channels, c.hidden_size, c.patch_size, c.patch_size)

class ViTEmbeddings(nn.Module):
    def __init__(self, c, extra):
        super().__init__()
        self.cls_token = nn.Parameter(torch.zeros(1, 1, c.hidden_size))
        if extra:
            self.distillation_token = nn.Parameter(torch.zeros(1, 1, c.hidden_size))
        count = (c.image_size // c.patch_size) ** 2 + (2 if extra else 1)
        self.position_embeddings = nn.Parameter(torch.zeros(1, count, c.hidden_size))
        self.patch_embeddings = PatchProjection(c)
        self.extra = extra

    def forward(self, x):
        x = self.patch_embeddings.projection(x).flatten(2).transpose(1, 2)
        first = [self.cls_token.expand(x.shape[0], -1, -1)]
        if self.extra:
            first.append(self.distillation_token.expand(x.shape[0], -1, -1))
        return torch.cat(first + [x], dim=1) + self.position_embeddings

class ViTSelfAttention(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.query = nn.Linear(c.hidden_size, c.hidden_size, bias=c.qkv_bias)
        self.key = nn.Linear(c.hidden_size, c.hidden_size, bias=c.qkv_bias)
        self.value = nn.Linear(c.hidden_size, c.hidden_size, bias=c.qkv_bias)
        self.heads = c.num_attention_heads

    def forward(self, x):
        return attend(self.query(x), self.key(x), self.value(x), self.heads, None)

class ViTDense(nn.Module):
    def __init__(self, inside, width):
        super().__init__()
        self.dense = nn.Linear(inside, width)

    def forward(self, x):
        return self.dense(x)

class ViTAttention(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.attention = ViTSelfAttention(c)
        self.output = ViTDense(c.hidden_size, c.hidden_size)

    def forward(self, x):
        return self.output(self.attention(x))

class ViTLayer(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.attention = ViTAttention(c)
        self.intermediate = ViTDense(c.hidden_size, c.intermediate_size)
        self.output = ViTDense(c.intermediate_size, c.hidden_size)
        self.layernorm_before = nn.LayerNorm(c.hidden_size, eps=c.layer_norm_eps)
        self.layernorm_after = nn.LayerNorm(c.hidden_size, eps=c.layer_norm_eps)
        self.act = c.hidden_act

    def forward(self, x):
        x = self.attention(self.layernorm_before(x)) + x
        return self.output(activation(self.act, self.intermediate(self.layernorm_after(x)))) + x

class ViTEncoder(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.layer = nn.ModuleList([ViTLayer(c) for _ in range(c.num_hidden_layers)])

class ViT(nn.Module):
    def __init__(self, c, extra):
        super().__init__()
        self.embeddings = ViTEmbeddings(c, extra)
        self.encoder = ViTEncoder(c)
        self.layernorm = nn.LayerNorm(c.hidden_size, eps=c.layer_norm_eps)

    def forward(self, x):
        x = self.embeddings(x)
        for layer in self.encoder.layer:
            x = layer(x)
        return self.layernorm(x)

class ViTForImageClassification(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.vit = ViT(c, False)
        self.classifier = nn.Linear(c.hidden_size, c.num_labels)

    def forward(self, x):
        return self.classifier(self.vit(x)[:, 0])

class DeiTForImageClassification(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.deit = ViT(c, True)
        self.classifier = nn.Linear(c.hidden_size, c.num_labels)

    def forward(self, x):
        return self.classifier(self.deit(x)[:, 0])
`;
