namespace Distiller.Evaluation.Report;

/// <summary>How the adapter was trained, and what four bits did to it.</summary>
internal static class TrainingSection
{
    public static Html Draw(ReportInput input)
    {
        if (input.Training.Count == 0 && input.TensorErrors.Count == 0)
        {
            return Html.Empty;
        }

        return Html.Of(
            $"""
            <section>
            <h2>Training and quantization</h2>
            <p>The adapter takes {Show.Bytes(input.Summary.AdapterF16.Bytes)} in 16 bit and {Show.Bytes(
                input.Summary.AdapterInt4.Bytes
            )} in INT4, as it is exported.</p>
            <div class="pair">
            {(input.Training.Count > 0 ? TrainingPlot.Draw(input.Training) : Html.Empty)}{(
                input.TensorErrors.Count > 0 ? TensorErrorPlot.Draw(input.TensorErrors) : Html.Empty
            )}</div>
            </section>

            """
        );
    }
}
