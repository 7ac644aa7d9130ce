using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Distiller.Core;
using Distiller.Mining.Similar;
using Grpc.Core;
using Microsoft.Extensions.VectorData;
using Qdrant.Client;
using Qdrant.Client.Grpc;

namespace Distiller.Qdrant;

/// <summary>
/// The tasks of a mining as a collection of a Qdrant server, by cosine. It holds several minings, each record with the name of
/// its own, so that a search finds those of one while the next is being written; <see cref="ReplaceAsync"/> removes the others.
/// </summary>
public sealed class QdrantTasks : VectorStoreCollection<string, SearchedTask>
{
    private const int BatchRows = 256;
    private const string MiningField = "mining";
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly QdrantClient _client;
    private readonly Uri _url;
    private readonly TaskEmbedder _embedder;
    private readonly string _mining;
    private readonly int _width;

    /// <param name="url">Of the gRPC port, commonly 6334.</param>
    /// <param name="key">The API key; null for a server that asks for none.</param>
    /// <param name="collection">Of one workspace alone: what other minings wrote into it is removed.</param>
    /// <param name="mining">The name of the mining whose tasks are written and found.</param>
    /// <param name="embedder">Stays the caller's. Gives the vectors of tasks that have none, and of texts that are searched.</param>
    public QdrantTasks(Uri url, string? key, string collection, string mining, TaskEmbedder embedder)
    {
        (_url, _mining, _embedder, Name) = (url, mining, embedder, collection);
        _client = new QdrantClient(url, apiKey: key, grpcTimeout: Timeout);
        _width = embedder.Embed("width").Length;
    }

    public override string Name { get; }

    /// <summary>Writes the tasks where they are not there yet, and removes those of other minings.</summary>
    /// <exception cref="BadInputException">The server cannot be reached, or refuses.</exception>
    public async Task ReplaceAsync(IReadOnlyCollection<SearchedTask> tasks, CancellationToken cancellation)
    {
        await EnsureCollectionExistsAsync(cancellation);
        var known = await AskAsync(() =>
            _client.CountAsync(
                Name,
                Conditions.MatchKeyword(MiningField, _mining),
                exact: true,
                cancellationToken: cancellation
            )
        );
        if (known == (ulong)tasks.Count)
        {
            return;
        }

        await UpsertAsync(tasks, cancellation);
        var others = new Filter { MustNot = { Conditions.MatchKeyword(MiningField, _mining) } };
        await AskAsync(() => _client.DeleteAsync(Name, others, cancellationToken: cancellation));
    }

    public override Task<bool> CollectionExistsAsync(CancellationToken cancellationToken = default) =>
        AskAsync(() => _client.CollectionExistsAsync(Name, cancellationToken));

    public override async Task EnsureCollectionExistsAsync(CancellationToken cancellationToken = default)
    {
        if (!await CollectionExistsAsync(cancellationToken))
        {
            var vectors = new VectorParams { Size = (ulong)_width, Distance = Distance.Cosine };
            await AskAsync(async () =>
            {
                await _client.CreateCollectionAsync(Name, vectors, cancellationToken: cancellationToken);
                return true;
            });
        }
    }

    public override Task EnsureCollectionDeletedAsync(CancellationToken cancellationToken = default) =>
        AskAsync(async () =>
        {
            await _client.DeleteCollectionAsync(Name, cancellationToken: cancellationToken);
            return true;
        });

    public override async Task<SearchedTask?> GetAsync(
        string key,
        RecordRetrievalOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        var found = await AskAsync(() =>
            _client.RetrieveAsync(Name, PointOf(key), cancellationToken: cancellationToken)
        );
        return found.Count == 0 ? null : TaskOf(found[0].Payload);
    }

    /// <exception cref="NotSupportedException">Always: tasks are found by what they ask.</exception>
    public override IAsyncEnumerable<SearchedTask> GetAsync(
        Expression<Func<SearchedTask, bool>> filter,
        int top,
        FilteredRecordRetrievalOptions<SearchedTask>? options = null,
        CancellationToken cancellationToken = default
    ) => throw new NotSupportedException("Tasks are found by what they ask, or by their id.");

    public override Task DeleteAsync(string key, CancellationToken cancellationToken = default) =>
        AskAsync(() => _client.DeleteAsync(Name, PointOf(key), cancellationToken: cancellationToken));

    public override Task UpsertAsync(SearchedTask record, CancellationToken cancellationToken = default) =>
        UpsertAsync([record], cancellationToken);

    public override async Task UpsertAsync(
        IEnumerable<SearchedTask> records,
        CancellationToken cancellationToken = default
    )
    {
        foreach (var batch in records.Chunk(BatchRows))
        {
            await AskAsync(() =>
                _client.UpsertAsync(Name, [.. batch.Select(PointOf)], cancellationToken: cancellationToken)
            );
        }
    }

    /// <param name="searchValue">A vector, or a text that is embedded.</param>
    /// <exception cref="NotSupportedException">A filter is given, or another kind of value.</exception>
    public override async IAsyncEnumerable<VectorSearchResult<SearchedTask>> SearchAsync<TInput>(
        TInput searchValue,
        int top,
        VectorSearchOptions<SearchedTask>? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        if (options?.Filter is not null)
        {
            throw new NotSupportedException("Filters are not translated for Qdrant.");
        }

        var vector = searchValue switch
        {
            string text => _embedder.Embed(text),
            float[] given => given,
            ReadOnlyMemory<float> given => given.ToArray(),
            _ => throw new NotSupportedException(
                $"A {typeof(TInput).Name} cannot be searched: give a text or a vector."
            ),
        };
        var found = await AskAsync(() =>
            _client.QueryAsync(
                Name,
                query: vector,
                filter: Conditions.MatchKeyword(MiningField, _mining),
                limit: (ulong)top,
                offset: (ulong)(options?.Skip ?? 0),
                payloadSelector: true,
                cancellationToken: cancellationToken
            )
        );
        foreach (var point in found)
        {
            yield return new VectorSearchResult<SearchedTask>(TaskOf(point.Payload), point.Score);
        }
    }

    public override object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(VectorStoreCollectionMetadata)
            ? new VectorStoreCollectionMetadata { VectorStoreSystemName = "qdrant", CollectionName = Name }
        : serviceType.IsInstanceOfType(this) ? this
        : serviceType.IsInstanceOfType(_client) ? _client
        : null;

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _client.Dispose();
        }

        base.Dispose(disposing);
    }

    private PointStruct PointOf(SearchedTask task) =>
        new()
        {
            Id = PointOf(task.Id),
            Vectors = task.Vector.Length > 0 ? task.Vector : _embedder.Embed(task.Text),
            Payload =
            {
                ["id"] = task.Id,
                ["task"] = task.TaskId,
                ["text"] = task.Text,
                ["outcome"] = task.Outcome,
                ["embedder"] = task.Embedder,
                [MiningField] = _mining,
            },
        };

    /// <summary>Qdrant takes numbers and UUIDs: the first 16 bytes of a SHA-256 over the task's id.</summary>
    private static Guid PointOf(string id) => new(SHA256.HashData(Encoding.UTF8.GetBytes(id)).AsSpan(0, 16));

    private static SearchedTask TaskOf(IDictionary<string, Value> payload)
    {
        return new(Text("id"), Text("task"), Text("text"), Text("outcome"), Text("embedder"), []);

        string Text(string name) => payload.TryGetValue(name, out var value) ? value.StringValue : "";
    }

    private async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (RpcException e)
        {
            throw new BadInputException(
                new SourceLocation(_url.ToString(), 0),
                $"The Qdrant server says {e.StatusCode}: {e.Status.Detail}",
                "Check the address (the gRPC port, commonly 6334), the key in $DISTILLER_QDRANT_KEY, and that the collection is of this embedder.",
                e
            );
        }
    }
}
