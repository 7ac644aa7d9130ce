namespace Distiller.Lake;

/// <summary>Records of the store that are replaced all at once; see <see cref="EpisodeStore.BeginRewrite"/>.</summary>
public sealed class EpisodeRewrite
{
    private readonly PartFolder _folder;
    private readonly Action _committed;
    private readonly List<string> _parts = [];
    private readonly List<DiscardedRow> _replaced = [];
    private bool _write;
    private bool _isChanged;

    private EpisodeRewrite(PartFolder folder, Action committed) => (_folder, _committed) = (folder, committed);

    /// <summary>Records looked at.</summary>
    public long Episodes { get; private set; }

    /// <summary>The ids of the records that change, as they are until the commit.</summary>
    public IReadOnlySet<EpisodeId> Changed { get; private set; } = new HashSet<EpisodeId>();

    /// <summary>Makes the replacements visible, at once. The hashes of what was replaced stay.</summary>
    public void Commit()
    {
        if (!_write || !_isChanged)
        {
            return;
        }

        List<string> hashes =
            _replaced.Count == 0 ? [] : [_folder.WritePart(_replaced.OrderBy(d => d.Id, StringComparer.Ordinal))];
        _folder.Replace(_parts, [.. _folder.Discarded(), .. hashes]);
        _committed();
        _isChanged = false;
    }

    internal static EpisodeRewrite Prepare(
        PartFolder folder,
        Func<StoredEpisode, StoredEpisode?> change,
        DateTimeOffset now,
        bool write,
        Action committed,
        Action<int, int>? progress,
        CancellationToken cancellation
    )
    {
        var rewrite = new EpisodeRewrite(folder, committed) { _write = write };
        var parts = folder.Parts();
        var ids = parts.SelectMany(p => ParquetFile.Read<IdRow>(p)).Select(r => r.Id).ToHashSet(StringComparer.Ordinal);
        var changed = new HashSet<EpisodeId>();
        for (var i = 0; i < parts.Count; i++)
        {
            progress?.Invoke(i, parts.Count);
            cancellation.ThrowIfCancellationRequested();
            rewrite.Part(parts[i], change, now, ids, changed);
        }

        progress?.Invoke(parts.Count, parts.Count);
        rewrite.Changed = changed;
        return rewrite;
    }

    private void Part(
        string part,
        Func<StoredEpisode, StoredEpisode?> change,
        DateTimeOffset now,
        HashSet<string> ids,
        HashSet<EpisodeId> changed
    )
    {
        var rows = new List<EpisodeRow>();
        var isChanged = false;
        foreach (var row in ParquetFile.Read<EpisodeRow>(part))
        {
            Episodes++;
            if (change(row.ToStored()) is not { } next)
            {
                rows.Add(row);
                continue;
            }

            isChanged = true;
            var episode = EpisodeJson.Identify(next.Episode);
            if (episode.Id.Value == row.Id)
            {
                rows.Add(row with { SourceFile = next.Source.File });
                continue;
            }

            changed.Add(new EpisodeId(row.Id));
            _replaced.Add(Stamp(row, next).Hashes(now));
            // A record that longer ones had replaced may become equal to another one: it is held once.
            if (ids.Add(episode.Id.Value))
            {
                rows.Add(EpisodeRow.From(episode, next.Source, row.Generation));
            }
        }

        _isChanged |= isChanged;
        if (!isChanged)
        {
            _parts.Add(part);
        }
        else if (_write && rows.Count > 0)
        {
            _parts.Add(_folder.WritePart(rows.OrderBy(r => r.Id, StringComparer.Ordinal)));
        }
    }

    /// <summary>Under the key of the replacement: a log collected again by the same rules has that one.</summary>
    private static StampRow Stamp(EpisodeRow row, StoredEpisode next) =>
        new(
            row.Id,
            row.Format,
            row.Tenant,
            next.Episode.Key,
            row.Generation,
            row.Length,
            row.RecordsDigest,
            row.SourceSha256,
            row.StartedAt
        );
}
