namespace Distiller.Gguf;

/// <summary>Metadata keys of adapter files: llama.cpp's, and our own under <c>distiller.</c></summary>
internal static class AdapterKeys
{
    public const string FileType = "general.type";
    public const string Architecture = "general.architecture";
    public const string AdapterType = "adapter.type";
    public const string Alpha = "adapter.lora.alpha";
    public const string BaseSha256 = "distiller.base.sha256";
    public const string BaseName = "distiller.base.name";
    public const string Encoding = "distiller.encoding";
    public const string TrainedRank = "distiller.trained_rank";
    public const string Lineage = "distiller.lineage";
    public const string SuffixA = ".lora_a";
    public const string SuffixB = ".lora_b";
}
