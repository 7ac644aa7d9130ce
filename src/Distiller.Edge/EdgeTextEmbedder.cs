using Microsoft.Extensions.AI;

namespace Distiller.Edge;

/// <summary>An embedding model in a GGUF file, as a generator of embeddings. For use by one thread at a time.</summary>
public sealed class EdgeTextEmbedder : IEmbeddingGenerator<string, Embedding<float>>
{
    private readonly EdgeModel _model;
    private readonly EdgeEmbedder _embedder;
    private readonly string _modelId;

    private EdgeTextEmbedder(EdgeModel model, EdgeEmbedder embedder)
    {
        (_model, _embedder) = (model, embedder);
        _modelId = Path.GetFileNameWithoutExtension(model.Path);
    }

    /// <param name="ggufPath">A <c>bert</c> model with pooling.</param>
    /// <exception cref="Core.BadInputException">The file is none.</exception>
    public static EdgeTextEmbedder Open(string ggufPath, int threads = 1)
    {
        var model = EdgeModel.Load(ggufPath, new EdgeModelOptions { Threads = threads });
        try
        {
            return new EdgeTextEmbedder(model, model.OpenEmbedder());
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Of the model's file.</summary>
    public string Sha256 => _model.Sha256;

    /// <summary>The usage counts the tokens that the model reads.</summary>
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values,
        EmbeddingGenerationOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        var tokens = 0L;
        var vectors = new GeneratedEmbeddings<Embedding<float>>();
        foreach (var text in values)
        {
            cancellationToken.ThrowIfCancellationRequested();
            tokens += _embedder.CountTokens(text);
            vectors.Add(new Embedding<float>(_embedder.Embed(text)) { ModelId = _modelId });
        }

        vectors.Usage = new UsageDetails { InputTokenCount = tokens, TotalTokenCount = tokens };
        return Task.FromResult(vectors);
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(EmbeddingGeneratorMetadata)
            ? new EmbeddingGeneratorMetadata(
                "llama.cpp",
                defaultModelId: _modelId,
                defaultModelDimensions: _embedder.Width
            )
        : serviceType.IsInstanceOfType(this) ? this
        : null;

    public void Dispose()
    {
        _embedder.Dispose();
        _model.Dispose();
    }
}
