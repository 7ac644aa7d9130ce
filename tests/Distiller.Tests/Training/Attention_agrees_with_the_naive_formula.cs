using Distiller.Training.Torch;

namespace Distiller.Tests.Training;

internal sealed class Attention_agrees_with_the_naive_formula
{
    private const int Width = 8;
    private const int ValueWidth = 6;

    // More tokens than one block of queries (128), rows that end inside a block, a row of one token.
    private static readonly long[] Offsets = [0, 300, 301, 429, 450];

    [TestCase(6, 2, ScalarType.Float64, 1e-11)]
    [TestCase(4, 4, ScalarType.Float64, 1e-11)]
    [TestCase(6, 1, ScalarType.Float32, 2e-4)]
    public void values_and_gradients_are_the_same(int heads, int keyHeads, ScalarType type, double tolerance)
    {
        var n = Offsets[^1];
        using var scope = torch.NewDisposeScope();
        Tensor Leaf(long h, long d, int seed)
        {
            // Times 3: some scores large enough that a softmax without its maximum taken off would show.
            var t = torch
                .tensor(GradientCheck.Numbers((int)(n * h * d), seed).Select(x => 3 * x).ToArray(), [n, h, d])
                .to(type)
                .detach();
            t.requires_grad = true;
            return t;
        }

        Tensor[] ours = [Leaf(heads, Width, 1), Leaf(keyHeads, Width, 2), Leaf(keyHeads, ValueWidth, 3)];
        Tensor[] theirs = [Leaf(heads, Width, 1), Leaf(keyHeads, Width, 2), Leaf(keyHeads, ValueWidth, 3)];
        var fused = Blocks.causal_attention(ours[0], ours[1], ours[2], Offsets);
        var naive = Naive(theirs[0], theirs[1], theirs[2]);
        GradientCheck.Weighted(fused).backward();
        GradientCheck.Weighted(naive).backward();

        fused.shape.ShouldBe([n, heads, ValueWidth]);
        Parity.Furthest(fused.ToDoubles(), naive.ToDoubles()).ShouldBeLessThan(tolerance);
        foreach (var (a, b) in ours.Zip(theirs))
        {
            var (mine, reference) = (a.grad!.ToDoubles(), b.grad!.ToDoubles());
            reference.Max().ShouldBeGreaterThan(0.1);
            Parity.Furthest(mine, reference).ShouldBeLessThan(tolerance);
        }
    }

    [Test]
    public void a_later_token_changes_nothing_before_it_nor_in_another_row()
    {
        using var scope = torch.NewDisposeScope();
        Tensor Of(double last) => torch.tensor([.. GradientCheck.Numbers(19, 1), last], [5, 1, 4]);
        var (q, v) = (Of(1), Of(1));
        var before = Blocks.causal_attention(q, Of(1), v, [0, 2, 5]).ToDoubles();
        var after = Blocks.causal_attention(q, Of(50), v, [0, 2, 5]).ToDoubles();

        after[..16].ShouldBe(before[..16]);
        after[16..].ShouldNotBe(before[16..]);
    }

    [Test]
    public void shapes_and_offsets_that_do_not_belong_together_are_refused()
    {
        using var scope = torch.NewDisposeScope();
        Tensor Zeros(params long[] shape) => torch.zeros(shape);
        var (q, k, v) = (Zeros(4, 6, 8), Zeros(4, 2, 8), Zeros(4, 2, 8));
        Should.Throw<ArgumentException>(() => Blocks.causal_attention(q, Zeros(4, 4, 8), Zeros(4, 4, 8), [0, 4]));
        Should.Throw<ArgumentException>(() => Blocks.causal_attention(q, Zeros(4, 2, 7), v, [0, 4]));
        Should.Throw<ArgumentException>(() => Blocks.causal_attention(q, k, v, [0, 5]));
        Should.Throw<ArgumentException>(() => Blocks.causal_attention(q, k, v, [0, 3, 2, 4]));
        Should.Throw<ArgumentException>(() => Blocks.causal_attention(q, k, v, [-1, 4]));
        Should.Throw<ArgumentException>(() => Blocks.causal_attention(q, k, v, []));
    }

    // softmax(q k^T / sqrt(D) + mask) v, head by head, all scores at once.
    private static Tensor Naive(Tensor q, Tensor k, Tensor v)
    {
        var group = q.shape[1] / k.shape[1];
        var rows = new List<Tensor>();
        for (var r = 0; r + 1 < Offsets.Length; r++)
        {
            var (start, length) = (Offsets[r], Offsets[r + 1] - Offsets[r]);
            var mask = new double[length * length];
            for (var i = 0; i < length; i++)
            {
                mask.AsSpan((int)(i * length) + i + 1, (int)length - i - 1).Fill(double.NegativeInfinity);
            }

            var later = torch.tensor(mask, [length, length]).to(q.dtype);
            Tensor Head(Tensor x, long h) => x.narrow(0, start, length).narrow(1, h, 1).reshape(length, x.shape[2]);
            var heads = new List<Tensor>();
            for (var h = 0L; h < q.shape[1]; h++)
            {
                var scores = Head(q, h).mm(Head(k, h / group).t()).mul(1 / Math.Sqrt(q.shape[2])).add(later);
                var seen = scores.softmax(1).mm(Head(v, h / group));
                heads.Add(seen.reshape(length, 1, v.shape[2]));
            }

            rows.Add(torch.cat(heads, 1));
        }

        return torch.cat(rows, 0);
    }
}
