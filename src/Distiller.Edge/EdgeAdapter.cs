using Distiller.Core;
using Distiller.Edge.Llama;
using Distiller.Gguf;

namespace Distiller.Edge;

/// <summary>
/// A LoRA adapter loaded for one model. Disposing it while a session has it attached is safe: its memory is freed when
/// the last such session lets go of it.
/// </summary>
public sealed class EdgeAdapter : IDisposable
{
    private EdgeAdapter(string path, string sha256, AdapterFacts facts, EdgeModel model, AdapterHandle handle)
    {
        Path = path;
        Sha256 = sha256;
        Facts = facts;
        Model = model;
        Handle = handle;
    }

    public string Path { get; }

    /// <summary>Of the file, lower-case hexadecimal.</summary>
    public string Sha256 { get; }

    /// <summary>What the file says of itself; <see cref="AdapterFacts.BaseSha256"/> null: it names no base.</summary>
    public AdapterFacts Facts { get; }

    /// <summary>As stored: a 4-bit file's is padded.</summary>
    public int Rank => Facts.Rank;

    /// <summary>The change of a weight is <c>scale * Alpha / Rank * B A</c>.</summary>
    public float Alpha => Facts.Alpha;

    internal EdgeModel Model { get; }

    internal AdapterHandle Handle { get; }

    internal static EdgeAdapter Load(string path, EdgeModel model, GgufFile baseFile)
    {
        var facts = AdapterCheck.Verify(path, baseFile);
        using var file = GgufFile.Open(path);
        RefuseWhatAborts(file);
        return new EdgeAdapter(path, file.Sha256(), facts, model, AdapterHandle.Load(model.Handle, path));
    }

    public void Dispose() => Handle.Dispose();

    /// <summary>llama.cpp reads these keys without asking for their type.</summary>
    private static void RefuseWhatAborts(GgufFile file)
    {
        var alpha = file.Metadata.Find("adapter.lora.alpha");
        var triggered = file.Metadata.Contains("adapter.alora.invocation_tokens");
        if (alpha is not float || triggered)
        {
            throw new BadInputException(
                new SourceLocation(file.Path, 0),
                triggered
                    ? "The adapter waits for invocation tokens (aLoRA), which is not supported."
                    : "'adapter.lora.alpha' is no 32-bit float.",
                "Use a plain LoRA adapter written by a current converter."
            );
        }
    }
}
