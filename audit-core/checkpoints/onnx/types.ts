/** Element types of onnx.proto (`TensorProto.DataType`): numpy's name and the bits of one element. */
const elementTypes: ReadonlyMap<number, readonly [string, number]> = new Map([
  [1, ['float32', 32]],
  [2, ['uint8', 8]],
  [3, ['int8', 8]],
  [4, ['uint16', 16]],
  [5, ['int16', 16]],
  [6, ['int32', 32]],
  [7, ['int64', 64]],
  [8, ['string', 0]],
  [9, ['bool', 8]],
  [10, ['float16', 16]],
  [11, ['float64', 64]],
  [12, ['uint32', 32]],
  [13, ['uint64', 64]],
  [14, ['complex64', 64]],
  [15, ['complex128', 128]],
  [16, ['bfloat16', 16]],
  [17, ['float8_e4m3fn', 8]],
  [18, ['float8_e4m3fnuz', 8]],
  [19, ['float8_e5m2', 8]],
  [20, ['float8_e5m2fnuz', 8]],
  [21, ['uint4', 4]],
  [22, ['int4', 4]],
  [23, ['float4_e2m1', 4]],
  [24, ['float8_e8m0', 8]],
  [25, ['uint2', 2]],
  [26, ['int2', 2]],
]);

export const onnxType = (code: number): string | null => elementTypes.get(code)?.[0] ?? null;
export const onnxBits = (code: number): number => elementTypes.get(code)?.[1] ?? 0;

const names = (list: string): ReadonlySet<string> => new Set(list.trim().split(/\s+/));

/** Operators of the default domain up to opset 26 (onnx/docs/Operators.md). */
const standard = names(`
  Abs Acos Acosh Add Affine AffineGrid And ArgMax ArgMin Asin Asinh Atan Atanh Attention AveragePool BatchNormalization Bernoulli
  BitShift BitwiseAnd BitwiseNot BitwiseOr BitwiseXor BlackmanWindow Cast CastLike Ceil Celu CenterCropPad Clip Col2Im Compress
  Concat ConcatFromSequence Constant ConstantOfShape Conv ConvInteger ConvTranspose Cos Cosh CumProd CumSum DFT DeformConv
  DepthToSpace DequantizeLinear Det Div Dropout DynamicQuantizeLinear Einsum Elu Equal Erf Exp Expand EyeLike Flatten Floor GRU
  Gather GatherElements GatherND Gelu Gemm GlobalAveragePool GlobalLpPool GlobalMaxPool Greater GreaterOrEqual GridSample
  GroupNormalization HammingWindow HannWindow HardSigmoid HardSwish Hardmax Identity If ImageDecoder InstanceNormalization IsInf
  IsNaN LRN LSTM LayerNormalization LeakyRelu Less LessOrEqual Log LogSoftmax Loop LpNormalization LpPool MatMul MatMulInteger
  Max MaxPool MaxRoiPool MaxUnpool Mean MeanVarianceNormalization MelWeightMatrix Min Mish Mod Mul Multinomial Neg
  NegativeLogLikelihoodLoss NonMaxSuppression NonZero Not OneHot Optional OptionalGetElement OptionalHasElement Or PRelu Pad Pow
  QLinearConv QLinearMatMul QuantizeLinear RMSNormalization RNN RandomNormal RandomNormalLike RandomUniform RandomUniformLike
  Range Reciprocal ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum
  ReduceSumSquare RegexFullMatch Relu Reshape Resize ReverseSequence RoiAlign RotaryEmbedding Round STFT Scan Scatter
  ScatterElements ScatterND Selu SequenceAt SequenceConstruct SequenceEmpty SequenceErase SequenceInsert SequenceLength
  SequenceMap Shape Shrink Sigmoid Sign Sin Sinh Size Slice Softmax SoftmaxCrossEntropyLoss Softplus Softsign SpaceToDepth Split
  SplitToSequence Sqrt Squeeze StringConcat StringNormalizer StringSplit Sub Sum Swish Tan Tanh TensorScatter TfIdfVectorizer
  ThresholdedRelu Tile TopK Transpose Trilu Unique Unsqueeze Upsample Where Xor`);

/** Operators of ai.onnx.ml. */
const machineLearning = names(`
  ArrayFeatureExtractor Binarizer CastMap CategoryMapper DictVectorizer FeatureVectorizer Imputer LabelEncoder LinearClassifier
  LinearRegressor Normalizer OneHotEncoder SVMClassifier SVMRegressor Scaler TreeEnsemble TreeEnsembleClassifier
  TreeEnsembleRegressor ZipMap`);

/** True for an operator that the ONNX standard or ONNX Runtime's own domain knows. */
export function isKnownOperator(domain: string, name: string): boolean {
  if (domain === '' || domain === 'ai.onnx') return standard.has(name);
  if (domain === 'ai.onnx.ml') return machineLearning.has(name);
  return domain === 'com.microsoft' || domain === 'com.microsoft.nchwc' || domain === 'ai.onnx.preview.training';
}

/** Operators whose output has its own size, whatever was concatenated before them. */
export const resizing =
  names(`Conv ConvTranspose ConvInteger MatMul MatMulInteger Gemm GlobalAveragePool GlobalMaxPool Flatten Shape Size
  LSTM GRU RNN ReduceMean ReduceSum ReduceMax ReduceMin ReduceProd ReduceL2 ReduceSumSquare ReduceLogSumExp ArgMax ArgMin TopK Einsum
  LinearClassifier LinearRegressor TreeEnsembleClassifier TreeEnsembleRegressor SVMClassifier SVMRegressor QLinearConv QLinearMatMul
  Gather Slice Reshape`);
