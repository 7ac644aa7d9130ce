using System.ComponentModel.DataAnnotations;
using Distiller.Core;
using Distiller.Core.Settings;
using Distiller.Edge.Llama;
using Distiller.Gguf;
using LLama.Exceptions;
using LLama.Native;

namespace Distiller.Edge;

/// <summary>
/// A base model in llama.cpp. The file is checked before native code sees it. May be used from several threads; its
/// native memory is freed after the model, its sessions and its adapters have all been disposed.
/// </summary>
public sealed class EdgeModel : IDisposable
{
    private const int GpuLayersMax = 10_000;

    private readonly GgufFile _file;

    private EdgeModel(GgufFile file, SafeLlamaModelHandle handle, BaseModelCheck check, EdgeModelOptions options)
    {
        _file = file;
        Handle = handle;
        Options = options;
        Architecture = check.Architecture;
        ContextLength = check.ContextLength;
        VocabularySize = check.VocabularySize;
        Parameters = file.Tensors.Sum(t => t.Elements);
        Tokenizer = new ChatTokenizer(handle, file.Path, check.ChatTemplate);
    }

    public string Path => _file.Path;

    public ChatTokenizer Tokenizer { get; }

    public int VocabularySize { get; }

    /// <summary>Tokens it was trained for.</summary>
    public int ContextLength { get; }

    public long Parameters { get; }

    /// <summary><c>llama</c>, <c>qwen2</c>, <c>qwen3</c> or, for embeddings only, <c>bert</c>.</summary>
    public string Architecture { get; }

    /// <summary>What its file calls it, else the file's name.</summary>
    public string Name =>
        _file.Metadata.GetString("general.name", "") is { Length: > 0 } name
            ? name
            : System.IO.Path.GetFileNameWithoutExtension(Path);

    /// <summary>Of the cache, in F16: two for the key and two for the value of every layer and key head.</summary>
    internal long CacheBytesPerToken
    {
        get
        {
            var heads = (int)_file.Metadata.GetUInt32($"{Architecture}.attention.head_count");
            var keyHeads = _file.Metadata.GetUInt32($"{Architecture}.attention.head_count_kv", (uint)heads);
            var width = _file.Metadata.GetUInt32($"{Architecture}.embedding_length") / (uint)heads;
            var keyWidth = _file.Metadata.GetUInt32($"{Architecture}.attention.key_length", width);
            var valueWidth = _file.Metadata.GetUInt32($"{Architecture}.attention.value_length", width);
            return 2L * _file.Metadata.GetUInt32($"{Architecture}.block_count") * keyHeads * (keyWidth + valueWidth);
        }
    }

    /// <summary>Of the whole file, lower-case hexadecimal; computed at the first use.</summary>
    public string Sha256 => _file.Sha256();

    internal SafeLlamaModelHandle Handle { get; }

    internal EdgeModelOptions Options { get; }

    public static EdgeModel Load(string ggufPath, EdgeModelOptions? options = null)
    {
        options ??= new EdgeModelOptions();
        OptionsCheck.Require(options);
        var file = GgufFile.Open(ggufPath);
        try
        {
            var check = BaseModelCheck.Verify(file, options.VocabularyOnly);
            EdgeRuntime.Ensure();
            return new EdgeModel(file, LoadNative(ggufPath, options), check, options);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Loads a LoRA adapter made for this model. It may be attached to any number of its sessions.</summary>
    public EdgeAdapter LoadAdapter(string path)
    {
        ObjectDisposedException.ThrowIf(Handle.IsClosed, this);
        ThrowIfVocabularyOnly();
        return EdgeAdapter.Load(path, this, _file);
    }

    public EdgeSession OpenSession(EdgeSessionOptions options)
    {
        ObjectDisposedException.ThrowIf(Handle.IsClosed, this);
        ArgumentNullException.ThrowIfNull(options);
        ThrowIfVocabularyOnly();
        return EdgeSession.Open(this, options);
    }

    /// <summary>For an embedding model (<c>bert</c>).</summary>
    public EdgeEmbedder OpenEmbedder()
    {
        ObjectDisposedException.ThrowIf(Handle.IsClosed, this);
        ThrowIfVocabularyOnly();
        return EdgeEmbedder.Open(this);
    }

    public void Dispose()
    {
        Handle.Dispose();
        _file.Dispose();
    }

    private static SafeLlamaModelHandle LoadNative(string path, EdgeModelOptions options)
    {
        var parameters = LLamaModelParams.Default();
        parameters.n_gpu_layers = Math.Min(options.GpuLayers, GpuLayersMax);
        parameters.load_mode = LLamaLoadMode.MemoryMap;
        parameters.vocab_only = options.VocabularyOnly;
        LlamaLog.Clear();
        try
        {
            return SafeLlamaModelHandle.LoadFromFile(path, parameters);
        }
        catch (LoadWeightsFailedException e)
        {
            throw new BadInputException(
                new SourceLocation(path, 0),
                $"llama.cpp refuses this model: {LlamaLog.Errors()}.",
                "Use a complete GGUF file written by a current converter.",
                e
            );
        }
    }

    private void ThrowIfVocabularyOnly()
    {
        if (Options.VocabularyOnly)
        {
            throw new InvalidOperationException($"{Path} was loaded with its vocabulary only.");
        }
    }
}

public sealed record EdgeModelOptions
{
    /// <summary>Load the tokenizer only: quick, little memory, no sessions.</summary>
    public bool VocabularyOnly { get; init; }

    /// <summary>Threads of the sessions that do not say otherwise. Default: two, or one where the machine has one.</summary>
    [Range(1, 1024)]
    public int Threads { get; init; } = Math.Min(2, Environment.ProcessorCount);

    /// <summary>Layers to place on a GPU where llama.cpp has a back end for one; 0 keeps everything on the CPU.</summary>
    [Range(0, int.MaxValue)]
    public int GpuLayers { get; init; }
}

/// <summary>A device ggml can compute on.</summary>
public sealed record EdgeDevice(string Name, string Description, bool IsCpu, long MemoryFreeBytes, long MemoryBytes);
