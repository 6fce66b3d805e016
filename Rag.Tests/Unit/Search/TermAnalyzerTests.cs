using Rag.Core.Search.Keyword;

namespace Rag.Tests.Unit.Search;

public sealed class TermAnalyzerTests
{
    [Theory]
    [InlineData("Connections, CONNECTED and connect!", "connect connect connect")]
    [InlineData("What is the capital of France?", "capit franc")]
    [InlineData("The café's naïve owner", "cafe naiv owner")]
    [InlineData("isn’t don't O'Neill's", "o'neil")]
    [InlineData("version 3.14 costs 1,000 or 1,2 euros", "version 3.14 cost 1000 1 2 euro")]
    [InlineData("state-of-the-art covid-19 foo_bar", "state art covid 19 foo bar")]
    [InlineData("ｆｕｌｌ ｗｉｄｔｈ ﬁne", "full width fine")]
    [InlineData("Москва моя", "москва моя")]
    [InlineData("", "")]
    [InlineData("… ?! \u0000 \uD800 ", "")]
    public void Words_are_cut_folded_and_stemmed(string text, string expected) => Assert.Equal(expected, string.Join(' ', Read(text, isQuery: false)));

    [Theory]
    [InlineData("日本語", "日 日本 本 本語 語", "日本 本語")]
    [InlineData("猫", "猫", "猫")]
    [InlineData("猫が好き", "猫 猫が が好 好 好き", "猫が が好 好き")]
    [InlineData("データベース", "デー ータ タベ ベー ース", "デー ータ タベ ベー ース")]
    [InlineData("한국어 검색", "한국 국어 검색", "한국 국어 검색")]
    [InlineData("PostgreSQLの設定", "postgresql の設 設 設定 定", "postgresql の設 設定")]
    [InlineData("𠮷野家", "𠮷 𠮷野 野 野家 家", "𠮷野 野家")]
    public void Scripts_without_spaces_become_pairs(string text, string stored, string asked)
    {
        Assert.Equal(stored, string.Join(' ', Read(text, isQuery: false)));
        Assert.Equal(asked, string.Join(' ', Read(text, isQuery: true)));
    }

    [Fact]
    public void Every_term_of_a_query_is_a_term_of_the_same_text()
    {
        var random = new Random(7);
        const string alphabet = "ab é'’.,1 日本ーが한ก\uD842\uDFB7\uD800\u0301?";
        for (var i = 0; i < 5000; i++)
        {
            var text = new string(random.GetItems<char>(alphabet, random.Next(1, 12)));
            var stored = TermAnalyzer.Count(text);
            Assert.All(TermAnalyzer.CountQuery(text), term => Assert.True(stored.ContainsKey(term.Key), $"'{text}': {term.Key}"));
        }
    }

    [Fact]
    public void Counts_each_term() =>
        Assert.Equal(
            [("cat", 2), ("dog", 1)],
            TermAnalyzer.Count("Cats and a cat, no dog").OrderBy(term => term.Key, StringComparer.Ordinal).Select(term => (term.Key, term.Value)));

    [Fact]
    public void Long_words_count_by_their_beginning()
    {
        var term = Assert.Single(TermAnalyzer.Count(new string('x', 100_000) + "1")).Key;
        Assert.Equal(TermReader.LongestTerm, term.Length);
    }

    [Fact]
    public void Positions_are_those_of_the_words()
    {
        const string text = "The running dogs.";
        var reader = new TermReader(text, isQuery: true, new char[TermReader.LongestTerm + 2]);
        Assert.True(reader.Read());
        Assert.Equal("running", text[reader.Start..reader.End]);
        Assert.True(reader.Read());
        Assert.Equal("dogs", text[reader.Start..reader.End]);
        Assert.False(reader.Read());
    }

    private static List<string> Read(string text, bool isQuery)
    {
        var terms = new List<string>();
        var reader = new TermReader(TermAnalyzer.Normalize(text), isQuery, new char[TermReader.LongestTerm + 2]);
        while (reader.Read()) terms.Add(reader.Term.ToString());
        return terms;
    }
}
