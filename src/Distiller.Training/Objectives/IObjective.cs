using Distiller.Training.Distilling;
using Distiller.Training.Lora;
using Distiller.Training.Model;

namespace Distiller.Training.Objectives;

/// <summary>
/// The loss that an adapter's training minimizes. A public class of this assembly that implements it and has a
/// constructor without parameters can be chosen by its name; nothing else has to know of it, because
/// <see cref="KnownObjectives"/> finds it.
/// </summary>
public interface IObjective
{
    /// <summary>
    /// The value of <c>--objective</c>, in kebab case. It is part of the adapter's key: do not rename it.
    /// </summary>
    string Name { get; }

    TeacherUse Teacher => TeacherUse.None;

    /// <summary>
    /// One pass's share of the loss of an optimizer step, in nats: one number, [], with gradients to the adapter's factors.
    /// The trainer adds up the passes of a step and calls <c>backward()</c> on each.
    /// </summary>
    /// <remarks>
    /// Called inside a <see cref="Torch.GcPause"/> and a dispose scope of its own, so tensors made here need not be freed.
    /// A pass without the adapter, such as a teacher's, belongs inside <c>torch.no_grad()</c>.
    /// </remarks>
    /// <param name="model">The frozen base.</param>
    /// <param name="adapter">The factors that are trained, in use on top of the base.</param>
    Tensor Loss(BaseModel model, LoraAdapter adapter, TrainingPass pass);
}

/// <summary>Examples that are computed at once: some of those behind one optimizer step.</summary>
/// <param name="Examples">The examples, in the order of <paramref name="Rows"/>.</param>
/// <param name="Rows">
/// The tokens of all examples end to end, [N]. Each example is cut before its last loss token: what follows gives no loss.
/// </param>
/// <param name="Targets">
/// The n loss tokens of the pass, the positions in [N] that predict them, and their weights: the example's weight divided
/// by the number of loss tokens of the whole step, so that a sum over the step's passes is a mean per loss token.
/// </param>
public sealed record TrainingPass(IReadOnlyList<TrainingExample> Examples, TokenRows Rows, LossPositions Targets)
{
    /// <summary>Weight of the logged tokens beside the teacher, 0 to 1.</summary>
    public double CrossEntropyShare { get; init; } = 1;

    /// <summary>Who is asked during the training; null: nobody is.</summary>
    public ReadingTeacher? Teacher { get; init; }

    /// <summary>Seed of whatever the pass draws.</summary>
    public ulong Draw { get; init; }
}

/// <summary>What an objective needs of the base that has the context in its prompt.</summary>
public enum TeacherUse
{
    None,

    /// <summary><see cref="TrainingExample.Teacher"/>, which every row then has: asked once, before the training.</summary>
    Stored,

    /// <summary><see cref="TrainingPass.Teacher"/>, which is asked about what the student says.</summary>
    Asked,
}
