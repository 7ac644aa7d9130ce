using Distiller.Training.Model;

namespace Distiller.Training.Distilling;

/// <summary>Rows as a teacher has them: the context stands in place of the student's own prompt line.</summary>
public sealed class ContextRows
{
    /// <summary>Rows by which it is seen whether the base makes use of a context.</summary>
    private const int Sampled = 32;

    private readonly BaseModel _model;
    private readonly int[] _context;

    /// <param name="line">Tokens of the student's own prompt line.</param>
    /// <param name="context">Tokens of the context as they stand in the teacher's prompt.</param>
    /// <param name="rows">All rows of the context, with the caller's numbers.</param>
    public ContextRows(BaseModel model, int[] line, int[] context, IEnumerable<(int Number, TrainingExample Row)> rows)
    {
        (_model, _context) = (model, context);
        Fitting =
        [
            .. rows.Where(r => Room(model, line, context, r.Row) >= r.Row.Tokens.Length && r.Row.LossTokens > 0)
                .Select(r => new ContextRow(r.Number, r.Row, Behind(r.Row, line))),
        ];
    }

    /// <summary>The rows that fit the base's context behind this one.</summary>
    public IReadOnlyList<ContextRow> Fitting { get; }

    /// <summary>
    /// Tokens that a row may have, the student's line included, for teacher and student both to take it; 0 where the row does not
    /// begin with the line.
    /// </summary>
    public static int Room(BaseModel model, int[] line, int[] context, TrainingExample row) =>
        line.Length > 0
        && context.Length > 0
        && row.Tokens.Length > line.Length
        && row.Tokens.AsSpan().StartsWith(line)
        && !row.LossMask.AsSpan(0, line.Length + 1).Contains(true)
            ? model.Config.Context - Math.Max(0, context.Length - line.Length)
            : 0;

    /// <summary>A row without the student's line.</summary>
    public static TrainingExample Behind(TrainingExample row, int[] line) =>
        row with
        {
            Tokens = row.Tokens[line.Length..],
            LossMask = row.LossMask[line.Length..],
        };

    /// <summary>
    /// Mean negative log likelihood per logged token of a sample, in nats, with the context and without. A base that expects the
    /// logged answers no more with it than without is no teacher of it.
    /// </summary>
    public (double With, double Without) Compare(int tokensPerPass, CancellationToken cancellation)
    {
        var sample = Fitting.Take(Sampled).ToList();
        var with =
            TeacherPass
                .Run(_model, _context, [.. sample.Select(r => r.Behind)], 1, tokensPerPass, cancellation)
                .Sum(t => t.Nll) / sample.Sum(r => (long)r.Behind.LossTokens);
        var without = HeldOutLoss.Measure(
            _model,
            [.. sample.Select(r => r.Whole)],
            tokensPerPass: tokensPerPass,
            cancellation: cancellation
        );
        return (with, without.MeanNll);
    }
}

/// <param name="Number">The caller's.</param>
/// <param name="Whole">As the student has it.</param>
/// <param name="Behind">What stands behind the context in the teacher's prompt.</param>
public sealed record ContextRow(int Number, TrainingExample Whole, TrainingExample Behind);
