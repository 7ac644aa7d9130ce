using Distiller.Core;
using Distiller.Edge.Releases;

namespace Distiller.Edge.Serving;

/// <summary>
/// The adapters of a device's home as the engine uses them: each release is checked, loaded and asked its canary before it
/// answers anybody. When the home says another is in use, that one is made ready first; where it fails, the last good one
/// stays. Safe from several threads.
/// </summary>
internal sealed class AdapterCatalog : IDisposable
{
    private readonly EdgeModel _model;
    private readonly EdgeStore? _store;
    private readonly EdgeEngine _engine;
    private readonly Action<string> _tell;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, EdgeAdapter> _loaded = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AnswerRouter> _routers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ServedContext> _contexts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _inUse = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _failed = new(StringComparer.Ordinal);
    private readonly bool _pinStable;
    private (DateTime, long) _seen;

    /// <param name="store">Null: the base alone.</param>
    /// <param name="tell">Is told what operators should know.</param>
    public AdapterCatalog(EdgeModel model, EdgeStore? store, EdgeEngine engine, bool pinStable, Action<string> tell)
    {
        _model = model;
        _store = store;
        _engine = engine;
        _pinStable = pinStable;
        _tell = tell;
        BaseName = ModelName.Slug(model.Name);
        Refresh();
    }

    public string BaseName { get; }

    /// <summary>The name that a request without one means.</summary>
    public string DefaultModel
    {
        get
        {
            lock (_lock)
            {
                return _inUse.ContainsKey(PullOptions.DefaultName)
                        ? new ModelName(BaseName, PullOptions.DefaultName, null).ToString()
                    : _inUse.Keys.Order(StringComparer.Ordinal).FirstOrDefault() is { } first
                        ? new ModelName(BaseName, first, null).ToString()
                    : BaseName;
            }
        }
    }

    public IReadOnlyList<ServedModel> List()
    {
        var models = new List<ServedModel> { new(BaseName, null, File.GetLastWriteTimeUtc(_model.Path)) };
        if (_store is null)
        {
            return models;
        }

        Refresh();
        lock (_lock)
        {
            var stored = _store.List().Where(r => r.Fault is null && r.Base?.Sha256 == _model.Sha256).ToList();
            foreach (var release in stored)
            {
                if (_inUse.GetValueOrDefault(release.Name) == release.Release)
                {
                    models.Add(
                        new ServedModel(
                            $"{BaseName}:{release.Name}@{ModelName.Stable}",
                            release.Release,
                            release.Created
                        )
                    );
                }

                if (!release.IsWithdrawn && !_failed.ContainsKey(release.Release))
                {
                    models.Add(
                        new ServedModel(
                            $"{BaseName}:{release.Name}@{release.Release}",
                            release.Release,
                            release.Created
                        )
                    );
                }
            }
        }

        return models;
    }

    /// <exception cref="RequestRefusedException">There is no such model here.</exception>
    public ResolvedModel Resolve(string? model)
    {
        var asked = string.IsNullOrEmpty(model) ? DefaultModel : model;
        if (ModelName.Parse(asked) is not { } name || name.Base != BaseName)
        {
            throw NoSuchModel(asked);
        }

        if (name.Adapter is null)
        {
            return new ResolvedModel(BaseName, null, null, null, null);
        }

        Refresh();
        lock (_lock)
        {
            if (name.Version is null)
            {
                return _inUse.TryGetValue(name.Adapter, out var current)
                    ? Of(name, current, _loaded[current])
                    : throw NoSuchModel(asked);
            }

            return Ready(name, name.Version, asked);
        }
    }

    /// <summary>Looks whether the home says something new. What is answered now is answered to its end.</summary>
    public void Refresh()
    {
        if (_store is null)
        {
            return;
        }

        lock (_lock)
        {
            var file = new FileInfo(_store.StatePath);
            var seen = file.Exists ? (file.LastWriteTimeUtc, file.Length) : (default, 0);
            if (seen == _seen)
            {
                return;
            }

            _seen = seen;
            try
            {
                _failed.Clear();
                foreach (var (name, state) in _store.Read().Adapters)
                {
                    Use(name, state);
                }
            }
            catch (BadInputException e)
            {
                _tell($"the device's state cannot be read, what was in use stays: {e.Message}");
            }

            Forget();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var adapter in _loaded.Values)
            {
                adapter.Dispose();
            }

            _loaded.Clear();
        }
    }

    /// <summary>The present release, or else the last one before it that is good.</summary>
    private void Use(string name, AdapterState state)
    {
        foreach (var id in state.Used.Reverse().Distinct(StringComparer.Ordinal))
        {
            if (TryLoad(name, id) is { } adapter)
            {
                if (_inUse.GetValueOrDefault(name) != id)
                {
                    _tell($"{name} is release {id}");
                }

                _inUse[name] = id;
                if (_pinStable)
                {
                    _engine.Pin(adapter);
                }

                return;
            }
        }

        if (state.Used.Count > 0 && !_inUse.ContainsKey(name))
        {
            _tell($"no release of {name} can be used; the base answers alone");
        }
    }

    private EdgeAdapter? TryLoad(string name, string id)
    {
        if (_failed.ContainsKey(id))
        {
            return null;
        }

        try
        {
            return Load(name, id);
        }
        catch (BadInputException e)
        {
            _failed[id] = e.Message;
            _tell($"release {id} of {name} is not used: {e.Message}");
            return null;
        }
    }

    private EdgeAdapter Load(string name, string id)
    {
        if (_loaded.TryGetValue(id, out var known))
        {
            return known;
        }

        // What was told to be taken when it was pulled or used is in use; damage is refused whatever was told.
        var release = _store!.Verify(
            name,
            id,
            new HashSet<Allowance> { Allowance.Unsigned, Allowance.ForeignKey, Allowance.Older, Allowance.ClosedGate }
        );
        if (release.Base.Sha256 != _model.Sha256)
        {
            throw new BadInputException(
                new SourceLocation(_model.Path, 0),
                $"Release {id} is made for the base '{release.Base.Name}' with SHA-256 {release.Base.Sha256}; this base has {_model.Sha256}.",
                "Serve the very file it was trained on."
            );
        }

        var adapter = _model.LoadAdapter(_store.AdapterPath(release));
        try
        {
            Canary.Require(_model, adapter, release);
        }
        catch
        {
            adapter.Dispose();
            throw;
        }

        _loaded[id] = adapter;
        if (release.Routing?.Router is { } router)
        {
            _routers[id] = router;
        }

        if (_store.ContextOf(release) is { } context)
        {
            _contexts[id] = new ServedContext(context, release.Plan?.PromptLine ?? "");
        }

        return adapter;
    }

    private ResolvedModel Of(ModelName name, string release, EdgeAdapter adapter) =>
        new(
            name.ToString(),
            release,
            adapter,
            _routers.GetValueOrDefault(release),
            _contexts.GetValueOrDefault(release)
        );

    private ResolvedModel Ready(ModelName name, string version, string asked)
    {
        var found = _store!
            .List()
            .Where(r => r.Name == name.Adapter && r.Release.StartsWith(version, StringComparison.Ordinal))
            .ToList();
        return found is [{ Fault: null } only] && TryLoad(only.Name, only.Release) is { } adapter
            ? Of(name, only.Release, adapter)
            : throw NoSuchModel(asked);
    }

    /// <summary>Releases that are no longer on the device leave the memory when their last answer is done.</summary>
    private void Forget()
    {
        var kept = _store!.List().Select(r => r.Release).Concat(_inUse.Values).ToHashSet(StringComparer.Ordinal);
        foreach (var (id, adapter) in _loaded.Where(l => !kept.Contains(l.Key)).ToList())
        {
            _loaded.Remove(id);
            _routers.Remove(id);
            _contexts.Remove(id);
            _engine.Retire(adapter);
            // A context that still uses it keeps its memory alive.
            adapter.Dispose();
        }
    }

    private RequestRefusedException NoSuchModel(string asked) =>
        new(
            $"The model '{asked}' does not exist here. There is: {string.Join(", ", List().Select(m => m.Id).Take(20))}.",
            "model_not_found",
            "model"
        );
}

/// <summary>What a request's model stands for.</summary>
/// <param name="Name">In full, as it was asked for.</param>
/// <param name="Release">Its id; null: the base alone.</param>
/// <param name="Router">Tells which of its answers are right; null: nothing does.</param>
/// <param name="Context">Of which document the adapter learnt; null: the release does not tell.</param>
internal sealed record ResolvedModel(
    string Name,
    string? Release,
    EdgeAdapter? Adapter,
    AnswerRouter? Router,
    ServedContext? Context
);

/// <summary>What an adapter knows by heart.</summary>
/// <param name="PromptLine">The system prompt that is left where the adapter knows the rest.</param>
internal sealed record ServedContext(LearntContext Learnt, string PromptLine);
