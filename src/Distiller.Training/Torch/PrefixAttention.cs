namespace Distiller.Training.Torch;

/// <summary>
/// Attention of packed rows that all stand behind one shared prefix: each position sees the whole prefix, and of its own row
/// itself and what is before it. Without gradients; the weights of a row [H, T, P + T] exist one row at a time.
/// </summary>
internal static class PrefixAttention
{
    /// <param name="q">[N, H, D], rotated for the positions behind the prefix.</param>
    /// <param name="k">[N, KV, D]</param>
    /// <param name="v">[N, KV, V]</param>
    /// <param name="prefixK">[P, KV, D]</param>
    /// <param name="prefixV">[P, KV, V]</param>
    /// <param name="offsets">Row r holds the tokens offsets[r] to offsets[r + 1].</param>
    /// <returns>[N, H, V]</returns>
    public static Tensor Of(Tensor q, Tensor k, Tensor v, Tensor prefixK, Tensor prefixV, long[] offsets)
    {
        using var scope = torch.NewDisposeScope();
        var (heads, group, width) = (k.shape[1], q.shape[1] / k.shape[1], q.shape[2]);
        var (before, beforeValues) = (prefixK.permute(1, 2, 0), prefixV.transpose(0, 1)); // [KV, D, P], [KV, P, V]
        var length = prefixK.shape[0];
        var scale = 1 / Math.Sqrt(width);
        var parts = new List<Tensor>();
        for (var r = 0; r + 1 < offsets.Length; r++)
        {
            using var row = torch.NewDisposeScope();
            var (start, count) = (offsets[r], offsets[r + 1] - offsets[r]);
            var queries = q.narrow(0, start, count)
                .reshape(count, heads, group, width)
                .transpose(0, 1)
                .reshape(heads, count * group, width)
                .mul(scale); // [KV, T G, D]
            var (keys, values) = (
                k.narrow(0, start, count).permute(1, 2, 0),
                v.narrow(0, start, count).transpose(0, 1)
            );
            var later = torch
                .full([count, count], double.NegativeInfinity, q.dtype, q.device)
                .triu_(1)
                .unsqueeze(1)
                .expand(count, group, count)
                .reshape(count * group, count); // [T G, T]
            var scores = torch.cat([queries.bmm(before), queries.bmm(keys).add_(later)], 2); // [KV, T G, P + T]
            var weights = scores.softmax(-1);
            var seen = weights
                .narrow(2, 0, length)
                .bmm(beforeValues)
                .add_(weights.narrow(2, length, count).bmm(values)); // [KV, T G, V]
            parts.Add(
                row.MoveToOuter(
                    seen.view(heads, count, group, v.shape[2]).transpose(0, 1).reshape(count, heads * group, v.shape[2])
                )
            );
        }

        return scope.MoveToOuter(parts.Count == 1 ? parts[0].contiguous() : torch.cat(parts, 0));
    }
}
