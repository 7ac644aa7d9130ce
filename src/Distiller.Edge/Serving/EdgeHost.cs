using Distiller.Core;
using Distiller.Edge.Chat;
using Distiller.Edge.Releases;
using Microsoft.Extensions.AI;

namespace Distiller.Edge.Serving;

/// <summary>
/// Last night's adapter in this process: a base, the releases of a home, and the engine that answers with them. It follows
/// the home: what <c>distiller edge pull</c> brings is used from the next request on.
/// </summary>
/// <example><code>
/// using var edge = EdgeHost.Open(new EdgeHostOptions { BasePath = "base.gguf", Home = "edge" });
/// using var client = edge.CreateChatClient();
/// Console.WriteLine(await client.GetResponseAsync("What do you do first?"));
/// </code></example>
public sealed class EdgeHost : IDisposable
{
    private readonly EdgeEngine? _engine;
    private readonly AdapterCatalog? _catalog;
    private readonly FileStream? _alone;
    private readonly Lazy<EdgeEmbedder>? _embedder;
    private readonly Lock _embedding = new();

    private EdgeHost(
        EdgeModel model,
        EdgeEngine? engine,
        AdapterCatalog? catalog,
        EngineCounters counters,
        FileStream? alone
    )
    {
        Model = model;
        _engine = engine;
        _catalog = catalog;
        Counters = counters;
        _alone = alone;
        _embedder = engine is null ? new Lazy<EdgeEmbedder>(model.OpenEmbedder) : null;
    }

    public EdgeModel Model { get; }

    public EngineCounters Counters { get; }

    /// <summary>Whether the base writes text; an embedding model (<c>bert</c>) does not.</summary>
    public bool CanChat => _engine is not null;

    public bool CanEmbed => _embedder is not null;

    /// <summary>The model that is meant where a request names none.</summary>
    public string DefaultModel => _catalog?.DefaultModel ?? ModelName.Slug(Model.Name);

    internal EdgeEngine Engine =>
        _engine
        ?? throw new RequestRefusedException(
            "This base makes embeddings; it writes no text.",
            "model_not_supported",
            "model"
        );

    internal AdapterCatalog Catalog =>
        _catalog ?? throw new RequestRefusedException("This base takes no adapters.", "model_not_supported", "model");

    /// <exception cref="BadInputException">The base cannot be used, or another process uses the home's sessions.</exception>
    public static EdgeHost Open(EdgeHostOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var alone = options.Home is { } home ? TakeHome(home) : null;
        EdgeModel? model = null;
        var counters = new EngineCounters();
        try
        {
            model = EdgeModel.Load(options.BasePath, new EdgeModelOptions { Threads = options.Threads });
            if (model.Architecture == "bert")
            {
                return new EdgeHost(model, null, null, counters, alone);
            }

            var engine = new EdgeEngine(
                model,
                options.Engine,
                options.Home is null ? null : Path.Combine(options.Home, "frozen"),
                counters,
                options.Time
            );
            var store = options.Home is null ? null : new EdgeStore(options.Home, options.Time);
            try
            {
                return new EdgeHost(
                    model,
                    engine,
                    new AdapterCatalog(model, store, engine, options.PinStable, options.Tell),
                    counters,
                    alone
                );
            }
            catch
            {
                engine.Dispose();
                throw;
            }
        }
        catch
        {
            model?.Dispose();
            alone?.Dispose();
            counters.Dispose();
            throw;
        }
    }

    /// <summary>What can be asked for, the base alone first.</summary>
    public IReadOnlyList<ServedModel> Models() =>
        _catalog?.List() ?? [new ServedModel(DefaultModel, null, File.GetLastWriteTimeUtc(Model.Path))];

    /// <param name="model">For example <c>tiny:nightly@stable</c>; null: <see cref="DefaultModel"/>. A request may name another.</param>
    public IChatClient CreateChatClient(string? model = null) => new EdgeChatClient(this, model);

    /// <exception cref="RequestRefusedException">The base makes no embeddings.</exception>
    public IEmbeddingGenerator<string, Embedding<float>> CreateEmbeddingGenerator() => new EdgeEmbeddingGenerator(this);

    /// <summary>Looks whether the home says something new, and makes it ready.</summary>
    public void Refresh() => _catalog?.Refresh();

    /// <summary>Takes no more requests, lets those under way end, and writes idle sessions to the disk.</summary>
    public void Stop() => _engine?.Stop(Engine.Options.StopWithin);

    public void Dispose()
    {
        _engine?.Dispose();
        _catalog?.Dispose();
        if (_embedder is { IsValueCreated: true })
        {
            _embedder.Value.Dispose();
        }

        Model.Dispose();
        Counters.Dispose();
        _alone?.Dispose();
    }

    internal float[] Embed(string text)
    {
        if (_embedder is null)
        {
            throw new RequestRefusedException(
                $"The base '{Model.Name}' writes text; it makes no embeddings. Serve an embedding model (bert) for them.",
                "model_not_supported",
                "model"
            );
        }

        lock (_embedding)
        {
            return _embedder.Value.Embed(text);
        }
    }

    /// <summary>Two servers would write each other's sessions.</summary>
    private static FileStream TakeHome(string home)
    {
        var path = Path.Combine(home, "frozen", ".lock");
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new BadInputException(
                new SourceLocation(home, 0),
                "The home cannot be written to.",
                "Change its permissions, or name another with --home.",
                e
            );
        }
        catch (IOException e) when (!DiskFull.IsNoSpace(e))
        {
            throw new BadInputException(
                new SourceLocation(home, 0),
                "Another server or program is at work with this home.",
                "Use that one, stop it first, or name another home.",
                e
            );
        }
    }
}

/// <summary>What an <see cref="EdgeHost"/> serves.</summary>
public sealed record EdgeHostOptions
{
    /// <summary>A GGUF file.</summary>
    public required string BasePath { get; init; }

    /// <summary>Where <c>distiller edge pull</c> puts releases, and idle sessions are kept; null: the base alone.</summary>
    public string? Home { get; init; }

    public int Threads { get; init; } = Math.Min(2, Environment.ProcessorCount);

    public EngineOptions Engine { get; init; } = new();

    /// <summary>Whether the releases in use stay in memory whatever others need.</summary>
    public bool PinStable { get; init; } = true;

    /// <summary>Is told what an operator should know: which release is used, which is not and why.</summary>
    public Action<string> Tell { get; init; } = _ => { };

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
