using System.Globalization;

namespace Distiller.Lake;

/// <summary>Quarantined records on their way into the store; visible together, by the commit.</summary>
public sealed class QuarantineBatch : IDisposable
{
    private const int RowsMax = 16384;

    private readonly PartFolder _folder;
    private readonly HashSet<UInt128> _known;
    private readonly List<QuarantineRow> _rows = [];
    private readonly List<string> _parts = [];

    internal QuarantineBatch(PartFolder folder, IEnumerable<string> known)
    {
        _folder = folder;
        _known = [.. known.Select(Short)];
    }

    /// <summary>Returns whether the record is new.</summary>
    public bool Add(QuarantinedRecord record)
    {
        var row = QuarantineStore.Row(record);
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

    public void Commit()
    {
        Flush();
        _folder.Commit(_parts);
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
