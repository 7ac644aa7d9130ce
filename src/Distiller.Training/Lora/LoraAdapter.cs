using Distiller.Gguf;
using Distiller.Training.Model;
using Distiller.Training.Torch;

namespace Distiller.Training.Lora;

/// <summary>
/// Low-rank factors beside a base's weights (Hu et al. 2021), on the model's device, in float32 whatever the model
/// computes in (float64 where that computes in float64): y = Wx + (alpha/r) B A x.
/// </summary>
public sealed class LoraAdapter : IDisposable
{
    private const int RankMax = 512;

    // 4096, rank-stabilized: times the root of the largest rank.
    private const float AlphaMax = 100_000;

    private readonly List<LoraFactors> _factors = [];
    private readonly Dictionary<string, LoraFactors> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LoraFactors> _taken = new(StringComparer.Ordinal);

    private LoraAdapter(int rank, float alpha) => (Rank, Alpha) = (rank, alpha);

    public int Rank { get; }

    public float Alpha { get; }

    /// <summary>alpha / r</summary>
    public double Scale => (double)Alpha / Rank;

    /// <summary>A and B of each weight in turn: what the optimizer trains.</summary>
    public IReadOnlyList<Tensor> Parameters => [.. _factors.SelectMany(f => new[] { f.A, f.B })];

    /// <summary>Sees the input x [N, in] of each changed weight, by the weight's name; null: nobody looks.</summary>
    internal Action<string, Tensor>? Observer { get; set; }

    /// <summary>In a training pass, what is dropped of the inputs; null: nothing.</summary>
    internal LoraDropout? Dropout { get; set; }

    /// <summary>Whether layers keep their input alone for the backward pass.</summary>
    internal bool RecomputesLayers { get; set; }

    /// <summary>A and B of each of the weights that has factors, in turn.</summary>
    internal IReadOnlyList<Tensor> FactorsOf(IEnumerable<string> baseTensors) =>
        [.. baseTensors.Select(_byName.GetValueOrDefault).OfType<LoraFactors>().SelectMany(f => new[] { f.A, f.B })];

    /// <summary>y + (alpha/r) B A x: x [N, in], y [N, out] -> [N, out]. A weight without factors keeps its y.</summary>
    internal Tensor Change(string baseTensor, Tensor x, Tensor y)
    {
        if (!_byName.TryGetValue(baseTensor, out var factors))
        {
            return y;
        }

        Observer?.Invoke(baseTensor, x);
        var a = factors.A.to(x.dtype); // [r, in]; the trained copy stays float32 where x is bfloat16
        var b = factors.B.to(x.dtype); // [out, r]
        var inner = (Dropout?.Of(x, baseTensor) ?? x).mm(a.t()).mul(Scale); // [N, r]
        if (_taken.TryGetValue(baseTensor, out var taken))
        {
            // Frozen, and without dropout: this part is the base's own.
            var own = x.mm(taken.A.to(x.dtype).t()).mul(-Scale); // [N, r]
            y = torch.addmm(y, own, taken.B.to(x.dtype).t(), 1, 1); // [N, out]
        }

        return torch.addmm(y, inner, b.t(), 1, 1); // [N, out]
    }

    /// <summary>
    /// Initializes A uniformly in +-1/sqrt(in), as PyTorch's kaiming_uniform(a = sqrt 5), and B with zeros, so that the
    /// new adapter changes nothing. Each weight has a random stream of its own: the choice of targets does not change the
    /// values of the others.
    /// </summary>
    public static LoraAdapter Create(BaseModel model, LoraSettings settings)
    {
        if (
            settings.Rank is < 1 or > RankMax
            || !(settings.Alpha > 0 && settings.Alpha <= AlphaMax)
            || (settings.Targets & LoraTargets.All) is LoraTargets.None
        )
        {
            throw new BadInputException(
                new SourceLocation("adapter settings", 0),
                $"Rank {settings.Rank}, alpha {settings.Alpha}, targets '{settings.Targets}' make no adapter.",
                $"Give a rank of 1 to {RankMax}, an alpha above 0, and at least one target."
            );
        }

        var pairs = Chosen(model, settings)
            .Select(l =>
            {
                var random = new SplitMix64(settings.Seed, l.Name);
                var bound = 1 / Math.Sqrt(l.In);
                var a = new float[settings.Rank * l.In];
                for (var i = 0; i < a.Length; i++)
                {
                    a[i] = (float)((2 * random.NextDouble() - 1) * bound);
                }

                return new LoraFactorPair(
                    l.Name,
                    settings.Rank,
                    l.In,
                    l.Out,
                    a,
                    new float[(long)l.Out * settings.Rank]
                );
            });
        return From(model, new LoraWeights(settings.Rank, settings.Alpha, [.. pairs]));
    }

    /// <summary>The weights that get factors.</summary>
    internal static IReadOnlyList<LinearShape> Chosen(BaseModel model, LoraSettings settings)
    {
        IReadOnlyList<LinearShape> targets =
        [
            .. model.Linears.Where(l => settings.Targets.HasFlag(LoraTargetNames.Of(l.Name))),
        ];
        return settings.Patterns is { } patterns ? [.. TargetPattern.Choose(targets, patterns, model.Path)] : targets;
    }

    /// <exception cref="BadInputException">A pair belongs to no weight of this base, or has another shape.</exception>
    public static LoraAdapter From(BaseModel model, LoraWeights weights) => From(model, weights, taken: null);

    /// <inheritdoc cref="From(BaseModel, LoraWeights)"/>
    /// <param name="taken">
    /// B0 and A0 that stand in the base and are trained in place of it: y = Wx + (alpha/r) (B A - B0 A0) x. Null: nothing.
    /// </param>
    internal static LoraAdapter From(BaseModel model, LoraWeights weights, LoraWeights? taken)
    {
        var shapes = model.Linears.ToDictionary(l => l.Name, StringComparer.Ordinal);
        foreach (var pair in weights.Pairs)
        {
            if (!shapes.TryGetValue(pair.BaseTensor, out var l) || l.Out != pair.Out || l.In != pair.In)
            {
                throw new BadInputException(
                    new SourceLocation(model.Path, 0),
                    $"The adapter changes '{pair.BaseTensor}' of [{pair.Out}, {pair.In}], which this base does not have.",
                    "Use the base that the adapter was made for."
                );
            }
        }

        var adapter = new LoraAdapter(weights.Rank, weights.Alpha);
        var type = model.ComputeType is ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        using var scope = torch.NewDisposeScope();
        foreach (var p in weights.Pairs)
        {
            var factors = new LoraFactors(
                p.BaseTensor,
                scope.Detach(Parameter(p.A, p.Rank, p.In, type, model.Device)),
                scope.Detach(Parameter(p.B, p.Out, p.Rank, type, model.Device))
            );
            adapter._factors.Add(factors);
            adapter._byName.Add(p.BaseTensor, factors);
        }

        foreach (var p in taken?.Pairs ?? [])
        {
            var frozen = new LoraFactors(
                p.BaseTensor,
                scope.Detach(torch.tensor(p.A, [p.Rank, p.In]).to(type, model.Device)),
                scope.Detach(torch.tensor(p.B, [p.Out, p.Rank]).to(type, model.Device))
            );
            adapter._taken.Add(p.BaseTensor, frozen);
        }

        return adapter;
    }

    /// <summary>The factors as they are now.</summary>
    public LoraWeights ToWeights() =>
        new(
            Rank,
            Alpha,
            [
                .. _factors.Select(f => new LoraFactorPair(
                    f.BaseTensor,
                    Rank,
                    (int)f.A.shape[1],
                    (int)f.B.shape[0],
                    f.A.ToFloats(),
                    f.B.ToFloats()
                )),
            ]
        );

    private static Tensor Parameter(float[] values, long rows, long columns, ScalarType type, Device device)
    {
        var parameter = torch.tensor(values, [rows, columns]).to(type, device).detach();
        parameter.requires_grad = true;
        return parameter;
    }

    public void Dispose()
    {
        foreach (var (_, a, b) in _factors.Concat(_taken.Values))
        {
            a.Dispose();
            b.Dispose();
        }
    }
}

/// <summary>A fresh adapter's shape.</summary>
/// <param name="Rank">1 to 512.</param>
/// <param name="Alpha">The change is scaled by Alpha / Rank; above 0.</param>
/// <param name="Seed">Seed of A's initial values.</param>
/// <param name="Patterns">As of <see cref="TargetPattern"/>; null: all targets.</param>
public sealed record LoraSettings(int Rank, float Alpha, LoraTargets Targets, ulong Seed, string? Patterns = null);

/// <summary>One weight's trained factors: A[r, in], B[out, r].</summary>
internal sealed record LoraFactors(string BaseTensor, Tensor A, Tensor B);
