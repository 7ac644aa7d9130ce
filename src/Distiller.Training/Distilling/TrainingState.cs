using Distiller.Gguf;

namespace Distiller.Training.Distilling;

/// <summary>What a training has done so far, beside the factors and the optimizer: all that a checkpoint needs to go on.</summary>
internal sealed class TrainingState
{
    /// <summary>So many steps in a row without a finite loss end the run.</summary>
    public const int SkipsMax = 3;

    private readonly TrainingOptions _options;
    private readonly int _steps;
    private readonly List<TrainingStep> _curve;
    private readonly List<int> _skipped;
    private readonly List<ValidationPoint> _validation;

    /// <param name="steps">Of the whole plan.</param>
    /// <param name="saved">Null: the run begins.</param>
    public TrainingState(TrainingOptions options, int steps, Checkpoint? saved)
    {
        (_options, _steps) = (options, steps);
        _curve = [.. saved?.Curve ?? []];
        _skipped = [.. saved?.Skipped ?? []];
        _validation = [.. saved?.Validation ?? []];
        Best = saved?.Best;
    }

    /// <summary>The steps that changed the factors.</summary>
    public IReadOnlyList<TrainingStep> Curve => _curve;

    /// <summary>Numbers, from 1, of the steps whose loss or gradient was not finite, so that they changed nothing.</summary>
    public IReadOnlyList<int> Skipped => _skipped;

    public IReadOnlyList<ValidationPoint> Validation => _validation;

    /// <summary>The factors at the least loss of <see cref="Validation"/>; null before it was measured.</summary>
    public LoraWeights? Best { get; private set; }

    /// <summary>Steps of the plan that are behind, skipped ones included.</summary>
    public int Position => _curve.Count + _skipped.Count;

    public bool IsValidationDue =>
        _options.ValidateEvery > 0
        && (Position % _options.ValidateEvery == 0 || Position == _steps)
        && (_validation.Count == 0 || _validation[^1].Step != Position);

    /// <summary>The whole plan was trained, or the loss on validation rows has not fallen for long enough.</summary>
    public bool IsOver => !IsValidationDue && (Position == _steps || IsStale);

    /// <summary>Null where nothing was measured: the last factors are the result then.</summary>
    public ValidationPoint? BestPoint => _validation.MinBy(p => p.MeanNll);

    /// <summary>Steps in a row, up to now, that were skipped.</summary>
    public int SkipsInARow
    {
        get
        {
            var n = 0;
            while (n < _skipped.Count && _skipped[^(n + 1)] == Position - n)
            {
                n++;
            }

            return n;
        }
    }

    private bool IsStale =>
        _options.Patience > 0
        && BestPoint is { } best
        && _validation.Count - 1 - _validation.IndexOf(best) >= _options.Patience;

    public void Add(TrainingStep step) => _curve.Add(step);

    public void Skip() => _skipped.Add(Position + 1);

    /// <param name="factors">Read only where this is the least loss so far.</param>
    public void Add(ValidationPoint point, Func<LoraWeights> factors)
    {
        if (!double.IsFinite(point.MeanNll))
        {
            // No number to compare by; it counts as no better than what was before.
            point = point with
            {
                MeanNll = double.MaxValue,
            };
        }

        if (BestPoint is not { } best || point.MeanNll < best.MeanNll)
        {
            Best = factors();
        }

        _validation.Add(point);
    }
}

/// <summary>A measurement on validation rows.</summary>
/// <param name="Step">Optimizer steps before it.</param>
/// <param name="MeanNll">Nats per loss token, without dropout.</param>
public sealed record ValidationPoint(int Step, double MeanNll);
