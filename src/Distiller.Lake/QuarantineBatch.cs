using System.Globalization;

namespace Distiller.Lake;

/// <summary>
/// Quarantined records on their way into the store; visible together, by the commit. Of a retry, the commit also takes out
/// what was there of the files looked at.
/// </summary>
public sealed class QuarantineBatch : IDisposable
{
    private const int RowsMax = 16384;

    private readonly PartFolder _folder;
    private readonly HashSet<UInt128> _known;
    private readonly List<QuarantineRow> _rows = [];
    private readonly List<string> _parts = [];
    private readonly bool _replaces;

    internal QuarantineBatch(PartFolder folder, IEnumerable<string> known)
    {
        _folder = folder;
        _known = [.. known.Select(Short)];
    }

    /// <summary>Takes the place of all records: those that stay, and those that are added.</summary>
    internal QuarantineBatch(PartFolder folder, IEnumerable<QuarantineRow> staying)
        : this(folder, Enumerable.Empty<string>())
    {
        _replaces = true;
        foreach (var row in staying)
        {
            Keep(row);
        }
    }

    /// <summary>Returns whether the record is new.</summary>
    public bool Add(QuarantinedRecord record) => Keep(QuarantineStore.Row(record));

    public void Commit()
    {
        Flush();
        if (_replaces)
        {
            _folder.Replace(_parts, []);
        }
        else
        {
            _folder.Commit(_parts);
        }

        _parts.Clear();
    }

    /// <summary>Without a commit, removes what was written.</summary>
    public void Dispose()
    {
        if (_parts.Count == 0)
        {
            return;
        }

        var visible = _folder.Parts().ToHashSet(StringComparer.Ordinal);
        foreach (var part in _parts.Where(p => !visible.Contains(p)))
        {
            File.Delete(part);
        }
    }

    private bool Keep(QuarantineRow row)
    {
        if (!_known.Add(Short(row.Id)))
        {
            return false;
        }

        _rows.Add(row);
        if (_rows.Count == RowsMax)
        {
            Flush();
        }

        return true;
    }

    private static UInt128 Short(string id) => UInt128.Parse(id.AsSpan(0, 32), NumberStyles.HexNumber);

    private void Flush()
    {
        if (_rows.Count > 0)
        {
            _parts.Add(_folder.WritePart(_rows));
            _rows.Clear();
        }
    }
}
