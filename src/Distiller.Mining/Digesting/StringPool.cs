namespace Distiller.Mining.Digesting;

/// <summary>Equal texts as one object: the words and tools of many episodes are few.</summary>
internal sealed class StringPool
{
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);

    /// <summary>Puts the objects that are known in place of equal ones.</summary>
    public void Share(string[] texts)
    {
        for (var i = 0; i < texts.Length; i++)
        {
            if (!_texts.TryAdd(texts[i], texts[i]))
            {
                texts[i] = _texts[texts[i]];
            }
        }
    }
}
