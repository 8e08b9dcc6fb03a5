"""Labels and slips in true millimetres: stock, layout, and the PDF that is previewed and printed byte for byte."""
