using Distiller.Training.Lora;
using Distiller.Training.Model;

namespace Distiller.Training.Objectives;

/// <summary>
/// The negative log likelihood of the logged tokens: the sum of weight * -log softmax(logits)[target] over the n loss tokens
/// of a pass.
/// </summary>
public sealed class CrossEntropy : IObjective
{
    public const string DefaultName = "cross-entropy";

    public string Name => DefaultName;

    public Tensor Loss(BaseModel model, LoraAdapter adapter, TrainingPass pass) =>
        model.Loss(pass.Rows, pass.Targets, adapter).Sum;
}
