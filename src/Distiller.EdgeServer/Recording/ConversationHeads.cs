using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Distiller.Core;

namespace Distiller.EdgeServer.Recording;

/// <summary>By what a request is recognised that repeats a conversation and goes on with it.</summary>
internal static class ConversationHeads
{
    /// <summary>
    /// For each turn a hash of everything said up to it. System prompts are left out: agents write the time into them, and go
    /// on with the same conversation.
    /// </summary>
    public static string[] Of(List<Turn> turns)
    {
        var heads = new string[turns.Count];
        var hash = Array.Empty<byte>();
        for (var i = 0; i < turns.Count; i++)
        {
            if (turns[i].Role != TurnRole.System)
            {
                hash = SHA256.HashData([.. hash, .. Encoding.UTF8.GetBytes(Said(turns[i]))]);
            }

            heads[i] = Convert.ToHexStringLower(hash);
        }

        return heads;
    }

    private static string Said(Turn turn) =>
        CanonicalJson.Text(
            new
            {
                turn.Role,
                Text = turn.Text.Trim(),
                turn.ToolCallId,
                // Clients write the arguments anew: the same value in other white space.
                Calls = turn.ToolCalls.Select(c => new
                {
                    c.Id,
                    c.Name,
                    Arguments = JsonNode.Parse(c.ArgumentsJson),
                }),
            }
        );
}
