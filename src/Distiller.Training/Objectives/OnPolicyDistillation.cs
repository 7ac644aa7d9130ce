using Distiller.Training.Distilling;
using Distiller.Training.Lora;
using Distiller.Training.Model;

namespace Distiller.Training.Objectives;

/// <summary>
/// The student writes, without the context, and the teacher, which has it in its prompt, says of every token what it would have
/// expected there: (1 - a) * KL(q || p) over the tokens that the student drew, beside a * -log q[logged] over the logged ones. So the
/// student is corrected where its own words lead it, and not only along the logged ones. The draw itself has no gradient.
/// </summary>
/// <remarks>
/// Source: Agarwal et al., "On-Policy Distillation of Language Models: Learning from Self-Generated Mistakes" (2024), with the
/// reverse divergence of Gu, Dong, Wei and Huang, "MiniLLM" (2024). The weight of a row is that of its logged tokens, however
/// many the student draws.
/// </remarks>
public sealed class OnPolicyDistillation : IObjective
{
    public string Name => "on-policy-distillation";

    public TeacherUse Teacher => TeacherUse.Asked;

    public Tensor Loss(BaseModel model, LoraAdapter adapter, TrainingPass pass)
    {
        var own = pass.CrossEntropyShare < 1 ? Drawn(model, adapter, pass) : [];
        var written = own.ConvertAll(d => d.Example);
        var logged = model.Loss(pass.Rows, Weighed(pass, own), adapter).Sum;
        if (own.Count == 0)
        {
            return logged;
        }

        var (rows, wanted) = PackedRows.Pack(written, 1);
        return logged.add(model.ReverseDivergence(rows, wanted, pass.Teacher!.Hidden(written), adapter));
    }

    /// <summary>
    /// Rows with one of their answers as the student gives it, in place of what was logged from there on: an answer that the seed draws,
    /// for each row whose context the teacher reads.
    /// </summary>
    private static List<Own> Drawn(BaseModel model, LoraAdapter adapter, TrainingPass pass)
    {
        var asked = new List<(int Place, TrainingExample Row, SampledPrompt Prompt)>();
        foreach (var (place, row) in pass.Examples.Index())
        {
            var random = new SplitMix64(pass.Draw, $"row {place}");
            if (pass.Teacher?.Room(row) is > 0 and var room && Answers(row) is { Count: > 0 } answers)
            {
                var (start, length) = answers[random.NextBelow(answers.Count)];
                var most = Math.Min(2 * length + 8, room - start);
                if (most > 0)
                {
                    asked.Add(
                        (
                            place,
                            row,
                            new SampledPrompt(row.Tokens[..start], most, row.Tokens[start + length - 1], random.Next())
                        )
                    );
                }
            }
        }

        if (asked.Count == 0)
        {
            return [];
        }

        var dropout = adapter.Dropout;
        adapter.Dropout = null; // What the student would say is said by all of it.
        var said = new TokenSampler(model, adapter).Continue([.. asked.Select(a => a.Prompt)]);
        adapter.Dropout = dropout;
        return
        [
            .. asked.Zip(
                said,
                (a, tokens) =>
                    new Own(
                        a.Place,
                        a.Row with
                        {
                            Tokens = [.. a.Prompt.Tokens, .. tokens],
                            LossMask = [.. a.Prompt.Tokens.Select(_ => false), .. tokens.Select(_ => true)],
                            Weight = (float)((1 - pass.CrossEntropyShare) * WeightOf(pass, a.Place) / tokens.Length),
                        }
                    )
            ),
        ];
    }

    /// <summary>The logged tokens of rows with a draw of their own count for a share only.</summary>
    private static LossPositions Weighed(TrainingPass pass, List<Own> own)
    {
        var shared = own.Select(o => o.Place).ToHashSet();
        var factors = pass.Examples.SelectMany(
            (row, place) =>
                Enumerable.Repeat(shared.Contains(place) ? (float)pass.CrossEntropyShare : 1, row.LossTokens)
        );
        return pass.Targets with
        {
            Weights = [.. pass.Targets.Weights.Zip(factors, (weight, factor) => weight * factor)],
        };
    }

    /// <summary>Of all of a row's logged tokens together.</summary>
    private static double WeightOf(TrainingPass pass, int place)
    {
        var before = pass.Examples.Take(place).Sum(e => e.LossTokens);
        return pass.Targets.Weights.Skip(before).Take(pass.Examples[place].LossTokens).Sum(w => (double)w);
    }

    /// <summary>Runs of tokens that carry loss: where each starts, and its length.</summary>
    private static List<(int Start, int Length)> Answers(TrainingExample row)
    {
        var answers = new List<(int, int)>();
        for (var t = 1; t < row.Tokens.Length; t++)
        {
            if (row.LossMask[t] && !row.LossMask[t - 1])
            {
                var length = row.LossMask.AsSpan(t).IndexOf(value: false);
                answers.Add((t, length < 0 ? row.Tokens.Length - t : length));
            }
        }

        return answers;
    }

    private sealed record Own(int Place, TrainingExample Example);
}
