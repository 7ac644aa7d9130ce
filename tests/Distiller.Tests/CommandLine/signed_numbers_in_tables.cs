namespace Distiller.Tests.CommandLine;

internal sealed class signed_numbers_in_tables
{
    [TestCase(0.126, "+0.13")]
    [TestCase(-0.126, "-0.13")]
    [TestCase(-0.004, "0.00")]
    [TestCase(0.004, "0.00")]
    [TestCase(-0.0, "0.00")]
    [TestCase(-12, "-12.00")]
    public void have_a_sign_unless_they_round_to_zero(double value, string text) =>
        Cells.Signed(value, 2).ShouldBe(text);
}
