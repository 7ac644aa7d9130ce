namespace Distiller.Gguf;

/// <summary>Properties of a base model that an adapter file records or needs.</summary>
/// <param name="Sha256">Hash of the whole base file, lower-case hexadecimal.</param>
/// <param name="Heads">Query heads: needed to undo llama's row permutation.</param>
public sealed record BaseDescription(string Architecture, string Name, string Sha256, int Heads, int KvHeads)
{
    /// <summary>Reads the whole base once, for its hash.</summary>
    public static BaseDescription Of(GgufFile file)
    {
        var architecture = file.Architecture;
        var heads = file.Metadata.GetInt32($"{architecture}.attention.head_count");
        return new(
            architecture,
            file.Metadata.GetString("general.name", Path.GetFileNameWithoutExtension(file.Path)),
            file.Sha256(),
            heads,
            file.Metadata.GetInt32($"{architecture}.attention.head_count_kv", heads)
        );
    }
}
