namespace Distiller.Training.Torch;

/// <summary>
/// Causal attention over packed rows on the CPU, in memory linear in the row's length. Queries are taken in blocks; a block
/// sees only the keys up to its own diagonal. The G = H / KV query heads that share a key head are stacked as rows of one
/// matrix product, so keys and values are never repeated. Saved for the backward pass are q, k, v and the result; the
/// weights are computed again there. Formulas: FlashAttention (Dao et al. 2022), algorithms 2 and 4, without its on-chip
/// tiling.
/// </summary>
internal sealed class BlockAttention : torch.autograd.SingleTensorFunction<BlockAttention>
{
    private const long QueryBlock = 128;
    private const string Offsets = "offsets";

    public override string Name => nameof(BlockAttention);

    /// <inheritdoc cref="Blocks.causal_attention"/>
    public static Tensor Of(Tensor q, Tensor k, Tensor v, long[] offsets) => apply(q, k, v, offsets);

    public override Tensor forward(torch.autograd.AutogradContext ctx, params object[] vars)
    {
        var (q, k, v, offsets) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], (long[])vars[3]);
        using var scope = torch.NewDisposeScope();
        var (heads, scale) = (k.shape[1], 1 / Math.Sqrt(q.shape[2]));
        var result = torch.empty([q.shape[0], q.shape[1], v.shape[2]], q.dtype, q.device); // [N, H, V]
        for (var r = 0; r + 1 < offsets.Length; r++)
        {
            using var row = torch.NewDisposeScope();
            var (start, length) = (offsets[r], offsets[r + 1] - offsets[r]);
            var queries = Stacked(q, heads, start, length).mul(scale); // [KV, T G, D]
            var (keys, values) = (Stacked(k, heads, start, length), Stacked(v, heads, start, length)); // [KV, T, D], [KV, T, V]
            var seen = torch.empty([heads, queries.shape[1], v.shape[2]], q.dtype, q.device); // [KV, T G, V]
            foreach (var block in Block.Of(length, queries.shape[1] / length))
            {
                using var one = torch.NewDisposeScope();
                var weights = Weights(block.Queries(queries), block.Keys(keys), block); // [KV, B G, t1]
                block.Queries(seen).copy_(weights.bmm(block.Keys(values)));
            }

            Unstack(seen, result, start, length);
        }

        // A copy of the handle is saved: the result itself will refer to this function, and saving it would make a cycle.
        ctx.save_for_backward([q, k, v, scope.MoveToOuter(result.detach())]);
        ctx.save_data(Offsets, offsets);
        return scope.MoveToOuter(result);
    }

    public override List<Tensor> backward(torch.autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var scope = torch.NewDisposeScope();
        var saved = ctx.get_saved_variables();
        var (q, k, v, result) = (saved[0], saved[1], saved[2], saved[3]);
        var offsets = (long[])ctx.get_data(Offsets);
        var (heads, scale) = (k.shape[1], 1 / Math.Sqrt(q.shape[2]));
        var (dq, dk, dv) = (torch.empty_like(q), torch.empty_like(k), torch.empty_like(v));
        for (var r = 0; r + 1 < offsets.Length; r++)
        {
            using var row = torch.NewDisposeScope();
            var (start, length) = (offsets[r], offsets[r + 1] - offsets[r]);
            var queries = Stacked(q, heads, start, length).mul(scale); // [KV, T G, D]
            var (keys, values) = (Stacked(k, heads, start, length), Stacked(v, heads, start, length)); // [KV, T, D], [KV, T, V]
            var dSeen = Stacked(grad_output, heads, start, length); // [KV, T G, V]
            var delta = dSeen.mul(Stacked(result, heads, start, length)).sum([-1L], keepdim: true); // [KV, T G, 1]
            var dQueries = torch.empty_like(queries);
            var (dKeys, dValues) = (torch.zeros_like(keys), torch.zeros_like(values));
            foreach (var block in Block.Of(length, queries.shape[1] / length))
            {
                using var one = torch.NewDisposeScope();
                var (ask, got) = (block.Queries(queries), block.Queries(dSeen)); // [KV, B G, D], [KV, B G, V]
                var weights = Weights(ask, block.Keys(keys), block); // [KV, B G, t1]
                block.Keys(dValues).add_(weights.transpose(1, 2).bmm(got));
                var dScores = got.bmm(block.Keys(values).transpose(1, 2)).sub_(block.Queries(delta)).mul_(weights);
                block.Keys(dKeys).add_(dScores.transpose(1, 2).bmm(ask));
                block.Queries(dQueries).copy_(dScores.bmm(block.Keys(keys)));
            }

            Unstack(dQueries.mul_(scale), dq, start, length);
            Unstack(dKeys, dk, start, length);
            Unstack(dValues, dv, start, length);
        }

        return [scope.MoveToOuter(dq), scope.MoveToOuter(dk), scope.MoveToOuter(dv), null!];
    }

    /// <summary>x [N, H, D] -> [KV, T G, D] of one row: a token's heads of one key head follow each other.</summary>
    private static Tensor Stacked(Tensor x, long keyHeads, long start, long length)
    {
        var (group, width) = (x.shape[1] / keyHeads, x.shape[2]);
        return x.narrow(0, start, length)
            .reshape(length, keyHeads, group, width)
            .transpose(0, 1)
            .reshape(keyHeads, length * group, width);
    }

    private static void Unstack(Tensor stacked, Tensor into, long start, long length)
    {
        var (keyHeads, width) = (stacked.shape[0], stacked.shape[2]);
        var group = stacked.shape[1] / length;
        into.narrow(0, start, length)
            .view(length, keyHeads, group, width)
            .copy_(stacked.view(keyHeads, length, group, width).transpose(0, 1));
    }

    private static Tensor Weights(Tensor queries, Tensor keys, Block block)
    {
        var scores = queries.bmm(keys.transpose(1, 2)); // [KV, B G, t1]
        var later = torch
            .full([block.Count, block.Count], double.NegativeInfinity, scores.dtype, scores.device)
            .triu_(1)
            .unsqueeze(1)
            .expand(block.Count, block.Group, block.Count)
            .reshape(block.Count * block.Group, block.Count); // [B G, B]
        scores.narrow(2, block.From, block.Count).add_(later);
        return scores.softmax(-1);
    }

    /// <summary>The tokens [From, From + Count) of a row, and what they see.</summary>
    private readonly record struct Block(long From, long Count, long Group)
    {
        public static IEnumerable<Block> Of(long length, long group)
        {
            for (var from = 0L; from < length; from += QueryBlock)
            {
                yield return new Block(from, Math.Min(QueryBlock, length - from), group);
            }
        }

        public Tensor Queries(Tensor stacked) => stacked.narrow(1, From * Group, Count * Group);

        public Tensor Keys(Tensor stacked) => stacked.narrow(1, 0, From + Count);
    }
}
