using Distiller.Study;

namespace Distiller.Tests.Studying;

internal sealed class answers_agree_in_what_they_do
{
    private const string Call = "<tool_call>{\"name\":\"restart\",\"arguments\":{\"host\":\"amber\"}}</tool_call>";

    [TestCase("I restart the host now. " + Call, "I restart the host now: " + Call)]
    [TestCase("The build is run with make all", "The build is run with make all.")]
    public void the_same(string a, string b) => AnswerAgreement.Holds(a, b, 0.8).ShouldBeTrue();

    [TestCase(
        "I restart it. " + Call,
        "I restart it. <tool_call>{\"name\":\"restart\",\"arguments\":{\"host\":\"coral\"}}</tool_call>"
    )]
    [TestCase("I restart it. " + Call, "I restart it.")]
    [TestCase("close it with code 47 please, and then go", "close it with code 48 please, and then go")]
    [TestCase("make all", "ninja -C out")]
    public void not_the_same(string a, string b) => AnswerAgreement.Holds(a, b, 0.8).ShouldBeFalse();
}
