using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Distiller.Training.Model;

namespace Distiller.Training.Distilling;

/// <summary>
/// The base without an adapter and with a row's context in its prompt, asked while a student learns. Each context is evaluated
/// once and kept.
/// </summary>
/// <param name="line">Tokens of the student's own prompt line, in whose place the context stands.</param>
/// <param name="contexts">Tokens of every context that the base reads, by its id.</param>
public sealed class ReadingTeacher(BaseModel model, int[] line, IReadOnlyDictionary<string, int[]> contexts)
    : IDisposable
{
    /// <summary>Contexts whose keys and values are kept at one time.</summary>
    private const int KeptMax = 4;

    private readonly List<(string Id, ContextPrefix Prefix)> _kept = [];

    /// <summary>Of everything that decides its answers, the base aside.</summary>
    public string Sha256
    {
        get
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            hash.AppendData(MemoryMarshal.AsBytes(line.AsSpan()));
            foreach (var (id, tokens) in contexts.OrderBy(c => c.Key, StringComparer.Ordinal))
            {
                hash.AppendData(Encoding.UTF8.GetBytes($"\n{id}\n"));
                hash.AppendData(MemoryMarshal.AsBytes(tokens.AsSpan()));
            }

            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
    }

    /// <summary>Tokens that a row may grow to; 0 where the teacher does not read its context.</summary>
    public int Room(TrainingExample row) =>
        contexts.TryGetValue(row.ContextId, out var context) ? ContextRows.Room(model, line, context, row) : 0;

    /// <summary>The teacher's hidden states that predict the rows' loss tokens, row by row: [n, D], without gradients.</summary>
    public Tensor Hidden(IReadOnlyList<TrainingExample> rows)
    {
        using var scope = torch.NewDisposeScope();
        var parts = new Tensor[rows.Count];
        foreach (var group in rows.Index().GroupBy(r => r.Item.ContextId, StringComparer.Ordinal))
        {
            var (behind, wanted) = PackedRows.Pack([.. group.Select(r => ContextRows.Behind(r.Item, line))], 1);
            var hidden = PrefixOf(group.Key).Hidden(behind, wanted.Positions); // [n, D] of the group
            var at = 0;
            foreach (var (place, row) in group)
            {
                parts[place] = hidden.narrow(0, at, row.LossTokens);
                at += row.LossTokens;
            }
        }

        return scope.MoveToOuter(torch.cat(parts, 0));
    }

    private ContextPrefix PrefixOf(string id)
    {
        var place = _kept.FindIndex(k => k.Id == id);
        var kept = place < 0 ? (Id: id, Prefix: new ContextPrefix(model, contexts[id])) : _kept[place];
        if (place >= 0)
        {
            _kept.RemoveAt(place);
        }
        else if (_kept.Count == KeptMax)
        {
            _kept[^1].Prefix.Dispose();
            _kept.RemoveAt(KeptMax - 1);
        }

        _kept.Insert(0, kept);
        return kept.Prefix;
    }

    public void Dispose()
    {
        _kept.ForEach(k => k.Prefix.Dispose());
        _kept.Clear();
    }
}
