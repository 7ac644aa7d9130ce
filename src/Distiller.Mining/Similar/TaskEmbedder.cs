using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Security.Cryptography;
using System.Text;
using Distiller.Edge;
using Distiller.Retrieval;
using Microsoft.Extensions.AI;

namespace Distiller.Mining.Similar;

/// <summary>Embeds what tasks ask, by a model in a GGUF file or, without one, by the built-in features of the text.</summary>
public sealed class TaskEmbedder : IDisposable
{
    private readonly IEmbeddingGenerator<string, Embedding<float>> _embedder;
    private Hyperplanes? _planes;

    private TaskEmbedder(IEmbeddingGenerator<string, Embedding<float>> embedder, string name) =>
        (_embedder, Name) = (embedder, name);

    /// <summary>What decides the vectors: the built-in embedder's name, or the SHA-256 of the model's file.</summary>
    public string Name { get; }

    /// <param name="gguf">A full path; null for the built-in embedder.</param>
    /// <exception cref="BadInputException">The file is no embedding model.</exception>
    public static TaskEmbedder Open(string? gguf)
    {
        if (gguf is null)
        {
            return new TaskEmbedder(new HashedTextEmbedder(), HashedTextEmbedder.ModelId);
        }

        var model = EdgeTextEmbedder.Open(gguf);
        return new TaskEmbedder(model, model.Sha256);
    }

    /// <returns>Of length 1.</returns>
    public float[] Embed(string text)
    {
        // Embedders here compute in the calling thread: nothing is waited for.
        var vector = _embedder.GenerateAsync([text]).GetAwaiter().GetResult()[0].Vector.ToArray();
        var norm = TensorPrimitives.Norm<float>(vector);
        if (norm > 0)
        {
            TensorPrimitives.Divide(vector, norm, vector);
        }

        return vector;
    }

    public TaskVectorRow Row(Episode task)
    {
        var text = TaskText.Of(task);
        var vector = text.Length == 0 ? [] : Embed(text);
        return new TaskVectorRow
        {
            Id = task.Id.Value,
            TaskId = task.TaskId,
            Bands = vector.Length == 0 ? [] : (_planes ??= new Hyperplanes(vector.Length)).Bands(vector),
            Slots = HashOf(TaskSlots.Of(text)),
            Text = text,
            Vector = vector,
        };
    }

    public void Dispose() => _embedder.Dispose();

    private static long HashOf(IReadOnlyList<string> slots) =>
        BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', slots))));
}
