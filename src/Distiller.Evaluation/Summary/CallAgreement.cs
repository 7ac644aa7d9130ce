namespace Distiller.Evaluation;

/// <summary>How often an arm's next tool call is the logged one.</summary>
/// <param name="SameName">Steps with the same tool, whatever the arguments.</param>
/// <param name="SameCall">Steps with the same tool and equal arguments.</param>
public sealed record CallAgreement(int Steps, int SameName, int SameCall, int OtherName, int NoCall, int BrokenJson)
{
    public double SameNameShare => Share(SameName);

    public double SameCallShare => Share(SameCall);

    private double Share(int count) => Steps == 0 ? 0 : (double)count / Steps;
}
