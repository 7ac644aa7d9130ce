using System.Text.Json;

namespace Distiller.Logs.Reading;

/// <summary>
/// The whole JSON objects on a line that is broken because two processes wrote at once, or because a line feed was lost: one
/// behind the other, or one that begins within the unfinished beginning of another.
/// </summary>
internal static class SplicedLine
{
    /// <summary>How often a long line of garbage may be read over.</summary>
    private const int PassesMax = 4;

    /// <param name="isRecord">Tells a record from an object within one.</param>
    public static Splices Of(RawRecord line, Func<JsonElement, bool> isRecord)
    {
        var whole = new List<RawRecord>();
        if (line.OversizeSha256 is not null)
        {
            return new Splices(whole, HasRest: true);
        }

        var hasRest = false;
        var at = 0;
        var budget = (long)PassesMax * line.Bytes.Length;
        while (budget > 0 && Start(line, at) is >= 0 and var start)
        {
            hasRest |= start > at && !IsBlank(line, at, start);
            var length = ObjectLength(line.Bytes.Span[start..], out var looked);
            budget -= looked;
            if (length > 0 && IsRecord(line.Bytes.Slice(start, length), isRecord))
            {
                var bytes = line.Bytes.Slice(start, length);
                whole.Add(new RawRecord(bytes, line.Number, line.Offset + start, length, null));
                at = start + length;
            }
            else
            {
                hasRest = true;
                at = start + 1;
            }
        }

        return new Splices(whole, hasRest || !IsBlank(line, at, line.Bytes.Length));
    }

    private static bool IsRecord(ReadOnlyMemory<byte> bytes, Func<JsonElement, bool> isRecord)
    {
        using var document = JsonDocument.Parse(HalfSurrogates.Mend(bytes));
        return isRecord(document.RootElement);
    }

    /// <summary>The next place where an object with a first member begins; -1 where there is none.</summary>
    private static int Start(RawRecord line, int from)
    {
        var found = line.Bytes.Span[from..].IndexOf("{\""u8);
        return found < 0 ? -1 : from + found;
    }

    /// <summary>Bytes of the object that begins here; 0 where it is broken.</summary>
    /// <param name="looked">Bytes that were read to know it.</param>
    private static int ObjectLength(ReadOnlySpan<byte> bytes, out long looked)
    {
        var reader = new Utf8JsonReader(
            bytes,
            new JsonReaderOptions { MaxDepth = RecordJson.DepthMax, AllowMultipleValues = true }
        );
        try
        {
            var isWhole = reader.Read() && reader.TrySkip();
            looked = reader.BytesConsumed + 1;
            return isWhole ? (int)reader.BytesConsumed : 0;
        }
        catch (JsonException)
        {
            looked = reader.BytesConsumed + 1;
            return 0;
        }
    }

    /// <summary>Zero bytes too: a file system fills up with them what was not written when the machine stopped.</summary>
    private static bool IsBlank(RawRecord line, int from, int to) =>
        line.Bytes.Span[from..to].IndexOfAnyExcept(" \t\r\0"u8) < 0;
}

/// <summary>What a broken line holds.</summary>
/// <param name="HasRest">Whether something of it is in none of the whole objects.</param>
internal sealed record Splices(IReadOnlyList<RawRecord> Whole, bool HasRest);
