using Distiller.Edge.Serving;
using Microsoft.Extensions.AI;

namespace Distiller.Edge.Chat;

/// <summary>An embedding model (<c>bert</c>) behind the interface of Microsoft.Extensions.AI.</summary>
internal sealed class EdgeEmbeddingGenerator(EdgeHost host) : IEmbeddingGenerator<string, Embedding<float>>
{
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values,
        EmbeddingGenerationOptions? options = null,
        CancellationToken cancellationToken = default
    ) =>
        Task.Run(
            () =>
            {
                var result = new GeneratedEmbeddings<Embedding<float>>();
                var tokens = 0L;
                foreach (var value in values)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    result.Add(new Embedding<float>(host.Embed(value)) { ModelId = host.DefaultModel });
                    tokens += host.Model.Tokenizer.Tokenize(value, addSpecial: true).Length;
                }

                result.Usage = new UsageDetails { InputTokenCount = tokens, TotalTokenCount = tokens };
                return result;
            },
            cancellationToken
        );

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(EmbeddingGeneratorMetadata)
            ? new EmbeddingGeneratorMetadata("distiller", null, host.DefaultModel)
        : serviceType.IsInstanceOfType(this) ? this
        : null;

    public void Dispose() { }
}
