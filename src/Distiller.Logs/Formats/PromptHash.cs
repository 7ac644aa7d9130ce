using System.Security.Cryptography;
using System.Text;

namespace Distiller.Logs.Formats;

/// <summary>Names the task of a data set's record, which has no name of its own: by what was said before the first answer.</summary>
internal static class PromptHash
{
    public static string Of(IEnumerable<Turn> turns)
    {
        var prompt = new StringBuilder();
        foreach (var turn in turns.TakeWhile(t => t.Role != TurnRole.Assistant))
        {
            prompt.Append((int)turn.Role).Append('\n').Append(turn.Text).Append('\0');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(prompt.ToString())))[..12];
    }
}
