namespace Distiller.Jobs.Keeping;

/// <summary>What a collection of garbage deleted, or would delete.</summary>
/// <param name="Kept">Artifacts that stay.</param>
public sealed record GarbageReport(IReadOnlyList<GarbageItem> Items, long Bytes, int Kept, bool IsDone)
{
    internal GarbageReport Without(string path)
    {
        List<GarbageItem> items = [.. Items.Where(i => i.Path != path)];
        return this with { Items = items, Bytes = items.Sum(i => i.Bytes) };
    }
}
