using Distiller.Gguf;

namespace Distiller.Tests.Training;

/// <summary>A GGUF file with some metadata set, or a tensor dropped, added or renamed.</summary>
internal static class GgufCopy
{
    public static string Write(
        string from,
        string to,
        IReadOnlyDictionary<string, object>? set = null,
        string? drop = null,
        (string Name, long[] Shape)? add = null
    )
    {
        using var file = GgufFile.Open(from);
        var writer = new GgufWriter();
        foreach (var key in file.Metadata.Keys.Concat(set?.Keys ?? []).Distinct(StringComparer.Ordinal))
        {
            var value = set?.GetValueOrDefault(key) ?? file.Metadata.Find(key)!;
            _ = value switch
            {
                string v => writer.Add(key, v),
                uint v => writer.Add(key, v),
                float v => writer.Add(key, v),
                bool v => writer.Add(key, v),
                string[] v => writer.Add(key, v),
                int[] v => writer.Add(key, v),
                _ => throw new ArgumentException($"{key} is {value.GetType()}", nameof(set)),
            };
        }

        foreach (var tensor in file.Tensors.Where(t => !string.Equals(t.Name, drop, StringComparison.Ordinal)))
        {
            writer.AddTensor(tensor.Name, tensor.Type, [.. tensor.Shape], file.ReadBytes(tensor));
        }

        if (add is { } extra)
        {
            var values = new float[extra.Shape.Aggregate(1L, (a, b) => a * b)];
            writer.AddTensor(extra.Name, GgmlType.F32, extra.Shape, values.AsSpan());
        }

        writer.Write(to);
        return to;
    }
}
