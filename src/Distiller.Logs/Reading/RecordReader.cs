using System.Text.Json;

namespace Distiller.Logs.Reading;

/// <summary>How a file is divided into records.</summary>
internal enum RecordLayout
{
    /// <summary>JSON Lines: a record a line.</summary>
    Lines,

    /// <summary>One JSON array: a record an element.</summary>
    Array,
}

/// <summary>The records of a file, one after the other.</summary>
internal interface IRecordReader : IDisposable
{
    /// <summary>What a record is called in messages.</summary>
    string RecordNoun { get; }

    /// <returns>False: the file has no further record.</returns>
    bool Next(out RawRecord record);

    /// <summary>Shows the reader a record that could be parsed, so that it knows how one begins.</summary>
    void Learn(JsonElement record);

    /// <summary>Goes on after a record whose JSON is broken, so that where it ends is in doubt.</summary>
    void ResumeAfter(RawRecord broken);
}

internal static class RecordReader
{
    /// <param name="bytesMax">A longer record is given by its head only.</param>
    public static IRecordReader Open(RecordLayout layout, Stream stream, int bytesMax) =>
        layout == RecordLayout.Array ? new ArrayReader(stream, bytesMax) : new LineReader(stream, bytesMax);
}
