using Distiller.Training.Lora;
using Distiller.Training.Model;
using Distiller.Training.Torch;

namespace Distiller.Training.Objectives;

/// <summary>
/// The student, with the adapter and without the context, is to expect what the base expects that has the context in its
/// prompt: at each loss token a * -log q[logged] + (1 - a) * KL(p || q), where p is the teacher's distribution on its K likeliest
/// tokens and their common rest (see <see cref="LinearDistillation"/>), and a the share of the logged tokens.
/// </summary>
/// <remarks>
/// Source: Snell, Klein and Zhong, "Learning by Distilling Context" (2022); Askell et al., "A General Language Assistant as a
/// Laboratory for Alignment" (2021), section 2.2.
/// </remarks>
public sealed class ContextDistillation : IObjective
{
    public string Name => "context-distillation";

    public TeacherUse Teacher => TeacherUse.Stored;

    public Tensor Loss(BaseModel model, LoraAdapter adapter, TrainingPass pass) =>
        model.DistillationLoss(
            pass.Rows,
            pass.Targets,
            TeacherTargets.Join([.. pass.Examples.Select(e => e.Teacher!)]),
            pass.CrossEntropyShare,
            adapter
        );
}
