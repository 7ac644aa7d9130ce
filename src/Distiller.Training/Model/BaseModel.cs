using Distiller.Gguf;
using Distiller.Training.Distilling;
using Distiller.Training.Lora;
using Distiller.Training.Torch;

namespace Distiller.Training.Model;

/// <summary>
/// A base model's weights and its forward pass: the same function that llama.cpp computes of the same file, written
/// independently. The weights are frozen unless <see cref="Unfreeze"/> was called. Not safe for several threads at once.
/// </summary>
public sealed class BaseModel : IDisposable
{
    internal const int PositionsPerChunk = 1024; // bounds the logits in memory

    private readonly List<Layer> _layers = [];
    private readonly Tensor _embedding;
    private readonly Tensor _norm;
    private readonly Tensor? _output;
    private readonly RopeTable _rope;

    private BaseModel(GgufFile file, Device device, ScalarType type, CancellationToken cancellation)
    {
        Config = BaseConfig.Read(file);
        (Device, ComputeType, Path) = (device, type, file.Path);
        var reader = new WeightReader(file, type, device);
        _embedding = reader.Matrix("token_embd.weight", Config.Vocabulary, Config.Width);
        _norm = reader.Vector("output_norm.weight", Config.Width);
        _output = reader.OptionalMatrix("output.weight", Config.Vocabulary, Config.Width);
        _rope = new RopeTable(
            Config.Rope,
            reader.OptionalFloats("rope_freqs.weight", Config.Rope.Dimensions / 2) is { } factors
                ? Positive(file, factors)
                : null
        );
        for (var i = 0; i < Config.Layers; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            _layers.Add(new Layer(Config, reader, i));
        }

        reader.RefuseUnread();
    }

    public BaseConfig Config { get; }

    public Device Device { get; }

    /// <summary>Number format of the activations.</summary>
    public ScalarType ComputeType { get; }

    /// <summary>Number format of rotary angles and losses.</summary>
    internal ScalarType WideType => ComputeType is ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;

    /// <summary>Path of the GGUF file.</summary>
    public string Path { get; }

    /// <summary>True where the output projection is the embedding.</summary>
    public bool IsTied => _output is null;

    /// <summary>W[V, D] that turns a hidden state into logits.</summary>
    internal Tensor Output => _output ?? _embedding;

    /// <summary>
    /// As <see cref="Load(GgufFile, Device, ScalarType?, CancellationToken)"/>, from the values of settings.
    /// </summary>
    /// <param name="device"><c>cpu</c>, <c>cuda</c> or <c>cuda:n</c>.</param>
    /// <exception cref="BadInputException">
    /// The model cannot be trained, or this machine does not have the device.
    /// </exception>
    public static BaseModel Load(
        GgufFile file,
        string device,
        Precision precision,
        CancellationToken cancellation = default
    ) =>
        Load(
            file,
            Device.Parse(device),
            precision switch
            {
                Precision.Bf16 => ScalarType.BFloat16,
                Precision.Fp32 => ScalarType.Float32,
                _ => null,
            },
            cancellation
        );

    /// <summary>
    /// Reads the weights, dequantized by ggml's own routines. <paramref name="type"/> is float32 on the CPU and bfloat16
    /// on a GPU unless said otherwise; float64 is for checks.
    /// </summary>
    /// <exception cref="BadInputException">
    /// The file is not a model that can be trained here; the message names file and tensor.
    /// </exception>
    /// <exception cref="TorchException">libtorch failed, for example because memory ran out.</exception>
    public static BaseModel Load(
        GgufFile file,
        Device device,
        ScalarType? type = null,
        CancellationToken cancellation = default
    )
    {
        TorchLibrary.Load();
        return TorchException.Translate(() =>
        {
            // If a later tensor is refused, the scope frees those already read; on success they are detached from it.
            using var scope = torch.NewDisposeScope();
            using var off = torch.no_grad();
            var model = new BaseModel(
                file,
                device,
                type ?? (device.IsCuda ? ScalarType.BFloat16 : ScalarType.Float32),
                cancellation
            );
            scope.Detach([.. scope.DisposablesView]);
            return model;
        });
    }

    /// <summary>The weights that an adapter may change: name, out, in; layer by layer.</summary>
    public IReadOnlyList<LinearShape> Linears =>
        [
            .. _layers
                .SelectMany(l => l.Linears)
                .Select(l =>
                    l.Weight.shape is [var o, var i]
                        ? new LinearShape(l.Name, (int)o, (int)i)
                        : throw new InvalidOperationException(l.Name)
                ),
        ];

    /// <summary>The same weights themselves, W[out, in]; they stay the model's.</summary>
    internal IEnumerable<NamedWeight> Matrices =>
        _layers.SelectMany(l => l.Linears).Select(l => new NamedWeight(l.Name, l.Weight));

    /// <summary>
    /// Enables gradients for the embedding and every matrix; the weights of norms, and biases, stay frozen. A norm's weight
    /// only scales the input of linear layers, so a model whose norms stay at 1 can express the same functions.
    /// </summary>
    /// <returns>The weights that are trained from now on; the model owns the tensors.</returns>
    public IReadOnlyList<NamedWeight> Unfreeze()
    {
        NamedWeight[] weights =
        [
            new("token_embd.weight", _embedding),
            .. _output is null ? [] : new[] { new NamedWeight("output.weight", _output) },
            .. Matrices,
        ];
        foreach (var (_, weight) in weights)
        {
            weight.requires_grad = true;
        }

        return weights;
    }

    /// <summary>Logits [n, V] at n positions of the packed rows; at all N positions where none are given.</summary>
    /// <param name="adapter">Null: the base alone.</param>
    public Tensor Logits(TokenRows rows, LoraAdapter? adapter = null, IReadOnlyList<int>? positions = null)
    {
        using var scope = torch.NewDisposeScope();
        var h = positions is null ? Hidden(rows, adapter) : Select(Hidden(rows, adapter), positions); // [n, D]
        return scope.MoveToOuter(torch.nn.functional.linear(h, Output)); // [n, V]
    }

    /// <summary>T rows of V logits, without gradients.</summary>
    public float[][] LogitRows(int[] ids, LoraAdapter? adapter = null)
    {
        using var pause = GcPause.Begin();
        using var off = torch.no_grad();
        using var logits = Logits(new TokenRows(ids), adapter); // [T, V]
        return [.. logits.ToFloats().Chunk(Config.Vocabulary)];
    }

    /// <summary>
    /// The sum over i of weights[i] * -log p(targets[i] | tokens up to positions[i]), in nats, and the unweighted -log p of
    /// each target [n]. Logits are computed in chunks and never all held at once.
    /// </summary>
    public (Tensor Sum, Tensor Nll) Loss(TokenRows rows, LossPositions wanted, LoraAdapter? adapter = null)
    {
        using var scope = torch.NewDisposeScope();
        var (sum, nll) = Loss(Select(Hidden(rows, adapter), wanted.Positions), wanted);
        return (scope.MoveToOuter(sum), scope.MoveToOuter(nll));
    }

    /// <summary>
    /// The sum over n positions of weight * (share * cross entropy of the target + (1 - share) * KL divergence from the teacher);
    /// see <see cref="Blocks.linear_distillation"/>.
    /// </summary>
    public Tensor DistillationLoss(
        TokenRows rows,
        LossPositions wanted,
        TeacherTargets teacher,
        double crossEntropyShare,
        LoraAdapter? adapter = null
    )
    {
        using var scope = torch.NewDisposeScope();
        var h = Select(Hidden(rows, adapter), wanted.Positions); // [n, D]
        var n = wanted.Positions.Count;
        return scope.MoveToOuter(
            Blocks.linear_distillation(
                h,
                Output,
                torch.tensor([.. wanted.Targets.Select(t => (long)t)], [n], device: Device),
                torch.tensor([.. wanted.Weights], [n]).to(WideType, Device),
                torch.tensor([.. teacher.Ids.Select(t => (long)t)], [n, teacher.Count], device: Device),
                torch.tensor(teacher.LogProbabilities, [n, teacher.Count]).to(WideType, Device).exp(),
                crossEntropyShare
            )
        );
    }

    /// <summary>
    /// The sum over n positions of weight * KL(student || teacher); see <see cref="Blocks.linear_reverse_kl"/>.
    /// </summary>
    /// <param name="teacher">Hidden states [n, D] of the teacher at the same positions.</param>
    public Tensor ReverseDivergence(TokenRows rows, LossPositions wanted, Tensor teacher, LoraAdapter adapter)
    {
        using var scope = torch.NewDisposeScope();
        var h = Select(Hidden(rows, adapter), wanted.Positions); // [n, D]
        var weights = torch.tensor([.. wanted.Weights], [wanted.Positions.Count]).to(WideType, Device);
        return scope.MoveToOuter(Blocks.linear_reverse_kl(h, Output, teacher, weights));
    }

    /// <summary>
    /// The summed loss of the base alone, and for each position whether its target is the likeliest token.
    /// </summary>
    public (Tensor Sum, bool[] IsGreedy) LossAndGreedy(TokenRows rows, LossPositions wanted)
    {
        using var scope = torch.NewDisposeScope();
        var h = Select(Hidden(rows, null), wanted.Positions); // [n, D]
        var sum = scope.MoveToOuter(Loss(h, wanted).Sum);
        using var off = torch.no_grad();
        var isGreedy = new bool[wanted.Positions.Count];
        for (var from = 0; from < isGreedy.Length; from += PositionsPerChunk)
        {
            using var chunk = torch.NewDisposeScope();
            var count = Math.Min(PositionsPerChunk, isGreedy.Length - from);
            var likeliest = torch.nn.functional.linear(h.narrow(0, from, count), Output).argmax(1).ToLongs(); // [count]
            for (var i = 0; i < count; i++)
            {
                isGreedy[from + i] = likeliest[i] == wanted.Targets[from + i];
            }
        }

        return (sum, isGreedy);
    }

    private (Tensor Sum, Tensor Nll) Loss(Tensor h, LossPositions wanted)
    {
        var n = wanted.Positions.Count;
        var targets = torch.tensor([.. wanted.Targets.Select(t => (long)t)], [n], device: Device);
        var weights = torch.tensor([.. wanted.Weights], [n]).to(WideType, Device);
        return Blocks.linear_cross_entropy(h, Output, targets, weights);
    }

    /// <summary>After the final norm: [N, D].</summary>
    private Tensor Hidden(TokenRows rows, LoraAdapter? adapter) =>
        Hidden(rows, adapter, (_, q, k, v) => Blocks.causal_attention(q, k, v, rows.Offsets));

    /// <inheritdoc cref="Hidden(TokenRows, LoraAdapter?)"/>
    /// <param name="attention">Of a layer, by its number; see <see cref="Layer"/>.</param>
    internal Tensor Hidden(TokenRows rows, LoraAdapter? adapter, Func<int, Tensor, Tensor, Tensor, Tensor> attention)
    {
        Check(rows);
        using var scope = torch.NewDisposeScope();
        var ids = torch.tensor(rows.Ids, [rows.Count], device: Device); // [N]
        var (cos, sin) = _rope.Angles(rows, WideType, Device);
        var x = _embedding.index_select(0, ids); // [N, D]
        var recomputes = adapter is { RecomputesLayers: true } && torch.is_grad_enabled();
        foreach (var (number, layer) in _layers.Index())
        {
            var attend = (Tensor q, Tensor k, Tensor v) => attention(number, q, k, v);
            var next = recomputes
                ? RecomputedLayer.Of(layer, x, rows, cos, sin, adapter!)
                : layer.Forward(x, rows, cos, sin, adapter, attend); // [N, D]
            x.Dispose();
            x = next;
        }

        return scope.MoveToOuter(Blocks.rms_norm(x, _norm, Config.NormEps));
    }

    /// <summary>h [N, D] at n positions: [n, D].</summary>
    internal Tensor Select(Tensor h, IReadOnlyList<int> positions)
    {
        var index = torch.tensor([.. positions.Select(p => (long)p)], [positions.Count], device: Device);
        return h.index_select(0, index);
    }

    private void Check(TokenRows rows)
    {
        foreach (var id in rows.Ids)
        {
            if (id < 0 || id >= Config.Vocabulary)
            {
                throw new BadInputException(
                    new SourceLocation(Path, 0),
                    $"Token {id} is not in the base's vocabulary of {Config.Vocabulary}.",
                    "Tokenize the rows with this base."
                );
            }
        }

        if (
            rows.Starts.Zip(rows.Lengths, (start, length) => start + length).Max() is var longest
            && longest > Config.Context
        )
        {
            throw new BadInputException(
                new SourceLocation(Path, 0),
                $"A row has {longest} tokens; the base's context is {Config.Context}.",
                "Cut the rows into shorter windows."
            );
        }
    }

    private static float[] Positive(GgufFile file, float[] factors) =>
        factors.All(f => float.IsFinite(f) && f > 0)
            ? factors
            : throw new BadInputException(
                new SourceLocation(file.Path, 0),
                "The tensor 'rope_freqs.weight' holds numbers that are not positive.",
                "Use a GGUF file written by a current converter."
            );

    public void Dispose()
    {
        foreach (var layer in _layers)
        {
            layer.Dispose();
        }

        _embedding.Dispose();
        _norm.Dispose();
        _output?.Dispose();
    }
}

/// <summary>A weight W[out, in] by its GGUF name, for example <c>blk.0.attn_q.weight</c>.</summary>
public sealed record LinearShape(string Name, int Out, int In);

/// <summary>A weight by its GGUF name: an embedding [V, D] or a matrix W[out, in].</summary>
public sealed record NamedWeight(string Name, Tensor Weight);
