using System.Text.Json;

namespace Distiller.Logs.Formats;

/// <summary>The format that the records of an unknown file share most members with.</summary>
internal sealed class NearestFormat
{
    private LogFormat? _format;
    private double _share;
    private string[] _lacking = [];

    /// <summary>The format of the agent that keeps such a record beside its sessions; null where none does.</summary>
    public LogFormat? Beside { get; private set; }

    public string Reason =>
        _format is null ? "The file's format is not known."
        : _lacking.Length == 0
            ? $"The file's format is not known. Nearest are {_format.Title}, but its members are of another type than there."
        : $"The file's format is not known. Nearest are {_format.Title}, of which it lacks: {string.Join(", ", _lacking)}.";

    public void See(JsonElement record)
    {
        foreach (var format in LogFormats.All)
        {
            Beside ??= format.IsBeside(record) ? format : null;
            var lacking = format.Members.Where(m => !record.TryGetProperty(m, out _)).ToArray();
            var share = 1 - ((double)lacking.Length / format.Members.Count);
            if (share > _share)
            {
                (_format, _share, _lacking) = (format, share, lacking);
            }
        }
    }
}
