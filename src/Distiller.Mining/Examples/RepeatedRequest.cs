namespace Distiller.Mining.Examples;

/// <summary>
/// The request as windows after the first repeat it: its beginning, which says what is wanted, and its end; what lies between
/// is left out where it is long. Then comes a note that steps are left out.
/// </summary>
internal static class RepeatedRequest
{
    private const string LeftOut = "\n[left out]\n";
    private const string Note = "\n[earlier steps left out]\n";

    /// <summary>Some fifth of a window: a token has three to four characters.</summary>
    private const double CharsPerWindowToken = 0.75;

    /// <param name="tokensMax">Tokens of a window.</param>
    public static string Of(string request, int tokensMax)
    {
        var chars = (int)(tokensMax * CharsPerWindowToken);
        if (request.Length <= chars)
        {
            return request + Note;
        }

        var head = chars * 2 / 3;
        var tail = request.Length - (chars - head);
        head -= char.IsHighSurrogate(request[head - 1]) ? 1 : 0;
        tail += char.IsLowSurrogate(request[tail]) ? 1 : 0;
        return request[..head] + LeftOut + request[tail..] + Note;
    }
}

/// <summary>What a shortened message keeps.</summary>
/// <param name="Before">A text at its beginning that stays as it is.</param>
/// <param name="KeepsHead">Whether of the rest the beginning stays, as of a request, and not the end, as of an observation.</param>
internal sealed record KeptText(string Before, bool KeepsHead);
